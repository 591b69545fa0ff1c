import HTTP
import Model
import Posix
import Providers
import TestSupport
import Testing

/// The list of what servers do wrong, each case by its number, against a server that does it.
@Suite struct MisbehaviourTests {
  init() { Loop.start() }

  @Test @Loop func `1 a character split across reads arrives whole, wherever it is split`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let text = "Grüße, 日本 👋🏽 é"
    let stream = "data: \(Bench.delta(text))\n\ndata: \(Bench.finished())\n\ndata: [DONE]\n\n"
    for pieces in cuts(stream) {
      let heard = await bench.reply(.chunked(pieces))
      #expect(heard.text == text && heard.finish?.reason == .stop && heard.endings == 1)
    }
  }

  @Test @Loop func `1 a character that the server itself cuts between two deltas arrives whole`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let bytes = Array("a👋🏽ü".utf8)
    for cut in 0...bytes.count {
      func event(_ part: ArraySlice<UInt8>) -> [UInt8] {
        Array("data: {\"choices\":[{\"delta\":{\"content\":\"".utf8) + Array(part) + Array("\"}}]}\n\n".utf8)
      }
      let heard = await bench.reply(
        .chunked([event(bytes[..<cut]), event(bytes[cut...]), Array("data: \(Bench.finished())\n\n".utf8)]))
      #expect(heard.text == "a👋🏽ü", "cut at \(cut)")
    }
  }

  @Test @Loop func `2 no charset is needed and only line ends end lines`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let text = "one\u{85}two\u{2028}three\u{2029}é"
    let stream =
      "data: \(Bench.delta(text))\r\n\r\ndata: \(Bench.delta("!"))\r\rdata: \(Bench.finished())\n\n"
    for pieces in cuts(stream) {
      #expect(await bench.reply(.chunked(type: "text/event-stream", pieces)).text == text + "!")
    }
  }

  @Test @Loop func `3 odd spacing, several data lines, a mark and no last blank line are read`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let stream = """
      \u{FEFF}event: message\nid: 1\nretry: 5\ndata:{"choices":\ndata: [{"delta":{"content":"a"}}]}\n\n\
      data:\(Bench.delta("b"))\n\ndata:   \(Bench.finished())\n\ndata:[DONE]
      """
    #expect(await bench.reply(.chunked([stream])).text == "ab")
    let spaced = await bench.reply(.chunked(["data: \(Bench.delta("x"))\n\ndata:   [DONE]  \n\n"]))
    #expect(spaced.text == "x" && spaced.finish?.reason == .stop)
  }

  @Test @Loop func `4 an event in many reads, many events in one read, and a giant one`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let stream = "data: \(Bench.delta("ab"))\n\ndata: \(Bench.delta("cd"))\n\ndata: \(Bench.finished())\n\n"
    #expect(await bench.reply(.chunked(stream.utf8.map { [$0] })).text == "abcd")
    #expect(await bench.reply(.chunked([stream])).text == "abcd")
    let giant = (0..<9000).map { "word\($0)" }.joined(separator: " ")
    let heard = await bench.reply(Bench.chunks(giant))
    #expect(heard.text == giant && heard.finish?.reason == .stop)
  }

  @Test @Loop func `5 keep-alives do not hide a dead server, before the first word and after it`() async {
    let bench = Bench {
      $0.firstTokenTimeout = .seconds(100)
      $0.tokenTimeout = .seconds(30)
    }
    defer { bench.upstream.stop() }
    let gates = (1...4).map { _ in Gate() }
    let closed = Occurrence<Void>()
    bench.upstream.answer([
      .head(), .chunk(": OPENROUTER PROCESSING\n\n"), .gate(gates[0]), .event(Bench.delta("")),
      .event(Bench.delta("Hi")),
      .gate(gates[1]), .chunk(": ping\n\ndata:\n\n"), .gate(gates[2]), .event(Bench.delta("")),
      .untilPeerCloses(closed),
    ])
    let heard = bench.ask()
    await gates[0].reached.value
    bench.time.advance(by: .seconds(99))
    gates[0].open()
    await heard.heard { $0.text == "Hi" }.value
    bench.time.advance(by: .seconds(20))
    gates[1].open()
    await gates[2].reached.value
    gates[2].open()
    bench.time.advance(by: .seconds(10))
    _ = await heard.ended.value
    #expect(heard.text == "Hi" && heard.finish?.reason == .interrupted)
    await closed.value

    bench.upstream.answer([.head(), .chunk(": ping\n\n"), .gate(gates[3])])
    for _ in 2...4 { bench.upstream.answer(.whole(400, "{\"error\":\"enough\"}")) }
    let silent = bench.ask()
    _ = await bench.upstream.request(2)
    await gates[3].reached.value
    bench.time.advance(by: .seconds(100))
    _ = await silent.ended.value
    gates[3].open()
    guard case .retrying(2, _, let cause)? = silent.waitings.first else { return unexpected("no retry") }
    #expect(cause.cause == .timeout && cause.kind == .unavailable)
  }

  @Test @Loop func `6 silence without an end is cut, and the text kept`() async {
    let bench = Bench { $0.tokenTimeout = .seconds(60) }
    defer { bench.upstream.stop() }
    let closed = Occurrence<Void>()
    bench.upstream.answer([.head(), .event(Bench.delta("Half a")), .untilPeerCloses(closed)])
    let heard = bench.ask()
    await heard.heard { $0.text == "Half a" }.value
    bench.time.advance(by: .seconds(60))
    #expect(heard.finish?.reason == .interrupted && heard.text == "Half a" && heard.endings == 1)
    await closed.value
  }

  @Test @Loop func `7 an end without its marks is judged by what was said`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let finishOnly = await bench.reply(.events([Bench.delta("a"), Bench.finished("length")]))
    #expect(finishOnly.text == "a" && finishOnly.finish == ReplyEnd(.length))
    let doneOnly = await bench.reply(.events([Bench.delta("a"), "[DONE]"]))
    #expect(doneOnly.text == "a" && doneOnly.finish?.reason == .stop && doneOnly.finish?.note != nil)
    let neither = await bench.reply(.events([Bench.delta("a")]))
    #expect(neither.text == "a" && neither.finish?.reason == .interrupted)
    let cut = await bench.reply([.head(), .event(Bench.delta("a")), .close])
    #expect(cut.text == "a" && cut.finish?.reason == .interrupted)
    let open = await bench.reply([.openHead(), .text("data: \(Bench.delta("a"))\n\n"), .close])
    #expect(open.text == "a" && open.finish?.reason == .interrupted)
  }

  @Test @Loop func `8 what follows DONE is not read and is not waited for`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let closed = Occurrence<Void>()
    let extra = await bench.reply(
      .events([Bench.delta("a"), Bench.finished(), "[DONE]", Bench.delta("more"), "{\"error\":\"late\"}"]))
    #expect(extra.text == "a" && extra.finish == ReplyEnd(.stop))
    let open = await bench.reply(
      [
        .head(), .event(Bench.delta("b")), .event(Bench.finished()), .event("[DONE]"),
        .untilPeerCloses(closed),
      ])
    #expect(open.text == "b" && open.finish == ReplyEnd(.stop))
    bench.time.advance(by: .seconds(1))
    await closed.value
  }

  @Test @Loop func `8 a reason without DONE is waited for no longer than the bill may take`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let closed = Occurrence<Void>()
    bench.upstream.answer([
      .head(), .event(Bench.delta("a")),
      .event(
        "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}"
      ),
      .untilPeerCloses(closed),
    ])
    let heard = bench.ask()
    await heard.heard { $0.usage != nil }.value
    #expect(!heard.ended.hasHappened)
    bench.time.advance(by: .seconds(2))
    #expect(heard.finish == ReplyEnd(.stop) && heard.usage == TokenUsage(prompt: 5, completion: 1))
    bench.time.advance(by: .seconds(1))
    await closed.value
  }

  @Test(arguments: [
    "{\"error\":{\"message\":\"bad thing\",\"code\":400}}",
    "{\"error\":\"bad thing\",\"code\":\"400\"}",
    "{\"choices\":[{\"error\":{\"message\":\"bad thing\",\"code\":400}}]}",
    "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"bad thing\"}}",
    "{\"object\":\"error\",\"message\":\"bad thing\",\"code\":400}",
    "{\"detail\":[{\"loc\":[\"body\",\"x\"],\"msg\":\"bad thing\"}],\"code\":400}",
  ])
  @Loop func `9 an error under status 200 is an error, as first event, later and as the body`(error: String)
    async
  {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let first = await bench.reply(.events([error]))
    #expect(first.failure?.reason == (error.contains("detail") ? first.failure?.reason : "provider_refused"))
    #expect(first.failure?.detail.contains("bad thing") == true && first.text.isEmpty)
    let body = await bench.reply(.whole(200, error))
    #expect(body.failure?.detail.contains("bad thing") == true)
    let later = await bench.reply(.events([Bench.delta("kept"), error, Bench.delta("not this")]))
    #expect(later.text == "kept" && later.failure?.detail.contains("bad thing") == true && later.endings == 1)
  }

  @Test @Loop func `9 a whole answer to a streaming request is one message`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let heard = await bench.reply(
      .whole(
        200,
        """
        {"choices": [{"index": 0, "finish_reason": "length",
          "message": {"role": "assistant", "reasoning_content": "hm", "content": "All at once"}}],
         "usage": {"prompt_tokens": 7, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 4}}}
        """))
    #expect(heard.text == "All at once" && heard.reasoning == "hm" && heard.finish == ReplyEnd(.length))
    #expect(heard.usage == TokenUsage(prompt: 7, completion: 3, cached: 4))
  }

  @Test @Loop func `10 choices, deltas and contents of every missing kind are nothing`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let heard = await bench.reply(
      .events([
        "{\"id\":\"\",\"created\":0,\"choices\":[],\"prompt_filter_results\":[{}]}", "{\"choices\":null}",
        "{\"choices\":[{}]}", "{\"choices\":[{\"delta\":null}]}", "{\"choices\":[null]}", "{}",
        "{\"choices\":[{\"delta\":{\"content\":null}}]}",
        "{\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]}}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"c\"},\"finish_reason\":null}]}",
        "{\"choices\":[{\"finish_reason\":\"content_filter\",\"content_filter_results\":{}}]}", "[DONE]",
      ]))
    #expect(heard.text == "abc" && heard.finish == ReplyEnd(.filtered))
  }

  @Test @Loop func `11 of several answers only the first is taken`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    func choice(_ index: Int, _ text: String) -> String {
      "{\"index\":\(index),\"delta\":{\"content\":\"\(text)\"}}"
    }
    let heard = await bench.reply(
      .events([
        "{\"choices\":[\(choice(1, "x")),\(choice(0, "a"))]}", "{\"choices\":[\(choice(1, "y"))]}",
        "{\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}",
        "{\"choices\":[\(choice(0, "b"))]}", Bench.finished(), "[DONE]",
      ]))
    #expect(heard.text == "ab" && heard.finish == ReplyEnd(.stop))
  }

  @Test @Loop func `12 roles alone, empty deltas and roles in every delta are no text`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let heard = await bench.reply(
      .events([
        "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}",
        "{\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}", Bench.delta(""),
        "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"ha\"}}]}", Bench.delta("haha"),
        Bench.delta("!"), Bench.finished(), "[DONE]",
      ]))
    #expect(heard.text == "hahaha!" && heard.texts.allSatisfy { !$0.isEmpty })
  }

  @Test @Loop func `12 the whole text so far instead of deltas is told from deltas`() async {
    let bench = Bench()
    defer { bench.upstream.stop() }
    let heard = await bench.reply(
      .events(["He", "Hello", "Hello wor", "Hello world"].map(Bench.delta) + [Bench.finished(), "[DONE]"]))
    #expect(heard.text == "Hello world")
  }
}

/// Records that something expected did not happen.
func unexpected(_ what: String) { Issue.record(Comment(rawValue: what)) }
