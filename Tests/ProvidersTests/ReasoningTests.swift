import HTTP
import Model
import Posix
import TestSupport
import Testing

@testable import Providers

@Suite struct ReasoningTests {
  init() { Loop.start() }

  private static func delta(_ members: String) -> String { "{\"choices\":[{\"delta\":{\(members)}}]}" }

  @Test @Loop func `thinking is told apart in every form, and never twice`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let both = await bench.reply(
      .events([
        Self.delta("\"reasoning_content\":\"a\",\"reasoning\":\"a\""), Self.delta("\"reasoning\":\"b\""),
        Self.delta("\"content\":\"</think> is text\""), Bench.finished(), "[DONE]",
      ]))
    #expect(both.reasoning == "ab" && both.text == "</think> is text" && both.notices.isEmpty)
    let tags = await bench.reply(
      .events(["<th", "ink>x", "</thi", "nk>\n\ny"].map(Bench.delta) + [Bench.finished(), "[DONE]"]))
    #expect(tags.reasoning == "x" && tags.text == "y")
    let eaten = await bench.reply(
      .events([Self.delta("\"reasoning_content\":\"long\""), Bench.finished("length"), "[DONE]"]))
    #expect(eaten.reasoning == "long" && eaten.text.isEmpty && eaten.finish == ReplyEnd(.length))
  }

  @Test @Loop func `a template that opens the thinking is learnt with the first reply`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let script = [ScriptedUpstream.Step].events([
      Bench.delta("so</think>"), Bench.delta("Yes"), Bench.finished(), "[DONE]",
    ])
    let first = await bench.reply(script)
    #expect(first.text == "soYes" && first.notices == [.missedThinkingTag])
    let second = await bench.reply(script)
    #expect(second.reasoning == "so" && second.text == "Yes" && second.notices.isEmpty)
  }
}
