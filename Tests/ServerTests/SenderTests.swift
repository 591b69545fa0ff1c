import Base
import Engine
import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// What those who send hear: their reply first, then the stream it began.
@Suite(.timeLimit(.minutes(1))) struct SenderTests {
  private let chat = ULIDMaker().make()

  private func follow(_ more: String = "") -> String { #"{"chat":"\#(chat)"\#(more)}"# }

  private func send(_ more: String = "") -> String { #"{"chat":"\#(chat)","text":"Hello?"\#(more)}"# }

  @Test func `who sends is attached: first the reply, then the stream from its beginning`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    // The provider is quicker than the commit's answer: all of it is there before the call returns.
    await stand.on { stand in
      stand.turns.whileSending = { turn in
        stand.turns.write("At once.", to: turn)
        stand.turns.end(turn)
      }
    }
    try client.call("message.send", send())
    var hearing = Hearing()
    try hearing.read(client, until: "end")
    #expect(hearing.order.filter { $0 != "saving" } == ["reply", "begin", "text", "end"])
    #expect(Array(hearing.text.values) == ["At once."])
    await stand.end()
  }

  @Test(arguments: [#","attach":false"#, #","respond":false"#])
  func `who does not want the stream, or asks for no answer, hears nothing of one`(how: String) async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let reply = try client.ask("message.send", send(how))
    #expect(reply["result"]?["message"]?["parts"]?.array?.first?["text"] == "Hello?")
    #expect((reply["result"]?["turn"] == nil) == how.contains("respond"))
    await stand.on { stand in
      if let turn = stand.turns.running(in: chat, of: StreamStand.owner)?.turn.id { stand.turns.end(turn) }
    }
    #expect(try client.ask("ping")["result"] == [:])
    await stand.end()
  }

  @Test func `who follows and sends hears the turn once, behind its own line`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    var hearing = Hearing()
    try client.call("chat.follow", follow())
    try hearing.read(client, until: "reply")
    try client.call("message.send", send())
    try hearing.read(client, until: "begin")
    await stand.on { stand in
      if let turn = stand.turns.running(in: chat, of: StreamStand.owner)?.turn.id { stand.turns.end(turn) }
    }
    try hearing.read(client, until: "turn.ended")
    #expect(hearing.order.prefix(4) == ["reply", "reply", "message.created", "begin"])
    #expect(hearing.order.filter { $0 == "begin" }.count == 1 && hearing.faults == [])
    await stand.end()
  }

  @Test func `with wait the answer carries the stored reply, and nothing of the stream comes before it`()
    async throws
  {
    let stand = await StreamStand()
    let client = try await stand.connect()
    try client.call("message.send", send(#","wait":true,"key":"k1""#))
    try await stand.untilRunning(in: chat)
    await stand.on { stand in
      guard let turn = stand.turns.running(in: chat, of: StreamStand.owner)?.turn.id else { return }
      stand.turns.write("Good evening.", to: turn)
      stand.turns.end(turn)
    }
    let reply = try client.json()
    #expect(reply["result"]?["reply"]?["parts"]?.array?.first?["text"] == "Good evening.")
    #expect(reply["result"]?["turn"]?["phase"] == "done")
    var hearing = Hearing()
    try hearing.read(client, until: "end")
    // A repetition on another connection answers the same and is attached as well.
    let again = try await stand.connect()
    let replayed = try again.ask("message.send", send(#","wait":true,"key":"k1""#))
    #expect(replayed["result"]?["replayed"] == true)
    #expect(replayed["result"]?["reply"] == reply["result"]?["reply"])
    hearing = Hearing()
    try hearing.read(again, until: "end")
    #expect(Array(hearing.text.values) == ["Good evening."])
    await stand.end()
  }

  @Test func `turn.wait answers when the reply is stored, or when all is done`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let turn = await stand.on { $0.turns.begin(in: chat) }
    try client.call("turn.wait", #"{"turn":"\#(turn)"}"#, id: 1)
    try client.call("turn.wait", #"{"turn":"\#(turn)","until":"done"}"#, id: 2)
    await stand.on { stand in
      stand.turns.write("Yes.", to: turn)
      stand.turns.end(turn, tail: true)
    }
    let first = try client.json()
    #expect(first["id"] == 1 && first["result"]?["turn"]?["phase"] == "analysing")
    #expect(first["result"]?["reply"]?["role"] == "assistant")
    await stand.on { $0.turns.finish(turn) }
    let second = try client.json()
    #expect(second["id"] == 2 && second["result"]?["turn"]?["phase"] == "done")
    await stand.end()
  }

  @Test func `what a send is refused for is told in the contract's words`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let failure = TurnError(
      code: 6, message: "No key.", data: ["reason": "provider_refused", "retryable": false, "provider": "p"])
    let cases: [(EngineError, Int64, String, String)] = [
      (.busy(turn: chat), 3, "busy", "turn"), (.stale(tip: chat), 2, "conflict", "tip"),
      (.rateLimited(retryAfterMs: 900, limit: "30 messages a minute"), 4, "rate_limited", "retryAfterMs"),
      (.providerFailed(failure), 6, "provider_refused", "provider"),
    ]
    for (refusal, code, reason, member) in cases {
      await stand.on { $0.turns.refusal = refusal }
      let error = try client.ask("message.send", send())["error"]
      #expect(error?["code"]?.integer == code && error?["data"]?["reason"]?.string == reason)
      #expect(error?["data"]?[member] != nil)
    }
    await stand.end()
  }

  @Test func `a text has a length`() async throws {
    var limits = Limits()
    limits.maxTextBytes = 8
    let stand = await StreamStand(limits: limits)
    let client = try await stand.connect()
    func answer(_ text: String) throws -> JSONValue {
      try client.ask("message.send", #"{"chat":"\#(chat)","text":"\#(text)","respond":false}"#)
    }
    #expect(try answer("12345678")["result"] != nil)
    #expect(try answer("123456789")["error"]?["data"]?["limit"] == 8)
    #expect(try answer("")["error"]?["data"]?["path"] == "params.text")
    let both = try client.ask("message.send", #"{"chat":"\#(chat)","companion":"ada","text":"x"}"#)
    #expect(both["error"]?["data"]?["path"] == "params.chat")
    await stand.end()
  }
}
