import Base
import FoundationEssentials
import Model
import Testing

@testable import Wire

/// What turns are told with is written by hand, and is the encoder's text to the byte.
@Suite struct WrittenTurnsTests {
  @Test func `random turns are the encoder's, wherever they stand`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = RandomSource.seeded(seed)
    for _ in 0..<300 {
      let turn = Self.turn(&random)
      let event = TurnStarted.Payload(turn: turn)
      #expect(try event.writtenJSON() == JSONText.bytes(event), "seed \(seed)")
      let begin = StreamBegin.Params(
        turn: turn, chat: Self.maybe(.example, &random), parent: Self.maybe(turn.id, &random),
        replyId: turn.replyId, message: Self.maybe(.exampleLine, &random),
        from: .random(in: 0...9, using: &random))
      #expect(try begin.writtenJSON() == JSONText.bytes(begin), "seed \(seed)")
      let end = StreamEnd.Params(
        turn: turn, finish: turn.finish ?? .stop, reply: Self.maybe(.exampleReply, &random),
        result: turn.result,
        error: turn.error, usage: turn.usage, timing: turn.timing ?? Timing(queuedMs: 0, totalMs: 1))
      #expect(try end.writtenJSON() == JSONText.bytes(end), "seed \(seed)")
    }
  }

  @Test func `every phase is told as the encoder tells it`() throws {
    for phase in Turn.Phase.allCases {
      for detail in [nil, "storage_full", "a \"word\"\n"] {
        for chat in [nil, Example.chat] {
          let params = TurnPhaseNotification.Params(
            turn: Example.turn, chat: chat, phase: phase, detail: detail)
          #expect(try params.writtenJSON() == JSONText.bytes(params))
        }
      }
    }
  }

  @Test func `a delta is the encoder's, with any character in it`() throws {
    for text in ["", "plain", "a\tb\nc\r\u{8}\u{C}\u{1}\u{1F}\"\\/", "é漢👩‍🚀\u{2028}"] {
      for kind in [nil, StreamDelta.Kind.reasoning] {
        let params = StreamDelta.Params(turn: Example.turn, from: 7, next: .max, text: text, kind: kind)
        let line = MessageLine.notification(StreamDelta.name, params: JSONText.bytes(params))
        #expect(StreamDelta.line(params) == line)
      }
    }
  }

  @Test func `what needs an escape is found wherever it stands in a text`() {
    for scalar: Unicode.Scalar in [
      "\"", "\\", "\n", "\u{0}", "\u{1F}", "!", " ", "[", "]", "\u{7F}", "\u{80}", "漢",
    ] {
      for before in 0...17 {
        for after in 0...9 {
          let text =
            String(repeating: "a", count: before) + String(Character(scalar))
            + String(repeating: "é", count: after)
          var json = JSONWriter()
          json.value(text)
          #expect(json.bytes == JSONText.bytes(text), "\(before) before U+\(String(scalar.value, radix: 16))")
        }
      }
    }
  }

  @Test func `identifiers and times are written as they are described`() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = RandomSource.seeded(seed)
    for _ in 0..<500 {
      let id = ULID(high: random.next(), low: random.next())
      let time = Timestamp(
        milliseconds: .random(in: -70_000_000_000_000...300_000_000_000_000, using: &random))
      var json = JSONWriter()
      json.plain(id)
      json.plain(time)
      #expect(json.bytes == JSONText.bytes(id) + JSONText.bytes(time), "seed \(seed)")
    }
  }

  private static func maybe<Value>(_ value: Value, _ random: inout RandomSource) -> Value? {
    Bool.random(using: &random) ? value : nil
  }

  /// Each member there or not.
  private static func turn(_ random: inout RandomSource) -> Turn {
    var turn = Turn(
      id: Example.turn, chat: maybe(Example.chat, &random), companion: maybe(Example.reply, &random),
      kind: Turn.Kind.allCases.randomElement(using: &random) ?? .reply,
      phase: Turn.Phase.allCases.randomElement(using: &random) ?? .done,
      replyId: maybe(Example.reply, &random),
      base: maybe(12, &random), next: .random(in: 0...99, using: &random),
      retryOf: maybe(Example.line, &random),
      startedAt: Timestamp(milliseconds: 1_700_000_000_123), model: "home/\"gemma\"")
    turn.endedAt = maybe(Timestamp(milliseconds: 1_700_000_001_000), &random)
    turn.finish = maybe(.length, &random)
    turn.error = maybe(TurnError(code: 14, message: "a \"fault\"", data: ["reason": "timeout"]), &random)
    turn.result = maybe(["title": "A title"], &random)
    turn.timing = maybe(Timing(queuedMs: 1, firstTokenMs: maybe(2, &random), totalMs: 3), &random)
    turn.usage = maybe(
      Usage(
        promptTokens: 1, completionTokens: 2, cachedTokens: maybe(3, &random),
        estimated: .random(using: &random)),
      &random)
    return turn
  }
}
