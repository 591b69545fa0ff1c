import Base
import Engine
import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// Attached connections: what they are sent of a turn, from where, and when it ends.
@Suite(.timeLimit(.minutes(1))) struct StreamTests {
  private let chat = ULIDMaker().make()

  init() { Loop.start() }

  private func attach(_ turn: ULID, _ more: String = "") -> String { #"{"turn":"\#(turn)"\#(more)}"# }

  @Test func `a listener hears the reply, its beginning, its text and its end, once and in this order`()
    async throws
  {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let turn = await stand.on { $0.turns.begin(in: chat) }
    try client.call("turn.attach", attach(turn))
    var hearing = Hearing()
    try hearing.read(client, until: "begin")
    for piece in ["All", " the", " way"] { await stand.on { $0.turns.write(piece, to: turn) } }
    await stand.on { $0.turns.end(turn) }
    try hearing.read(client, until: "done")
    #expect(hearing.order == ["reply", "begin", "text", "saving", "end", "done"])
    #expect(hearing.text == [turn.description: "All the way"])
    #expect(hearing.faults == [])
    #expect(try client.ask("ping")["result"] == [:], "nothing comes after the last word")
    await stand.end()
  }

  @Test func `a place inside a scalar is rounded down to its beginning`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let text = "aé日𝄞z"
    let turn = await stand.on { stand in
      let turn = stand.turns.begin(in: chat)
      stand.turns.write(text, to: turn)
      return turn
    }
    let bytes = Array(text.utf8)
    for from in 0...bytes.count {
      var start = from
      while start < bytes.count, bytes[start] & 0xC0 == 0x80 { start -= 1 }
      let reply = try client.ask("turn.attach", attach(turn, #","from":\#(from)"#))
      #expect(reply["result"]?["from"]?.integer == Int64(start))
      #expect(reply["result"]?["reset"] == nil)
      var hearing = Hearing()
      try hearing.read(client, until: "begin")
      if start < bytes.count { try hearing.read(client, until: "text") }
      #expect(hearing.text[turn.description] == String(decoding: bytes[start...], as: UTF8.self))
      #expect(hearing.faults == [])
    }
    await stand.end()
  }

  @Test func `a place beyond the text begins anew`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let turn = await stand.on { stand in
      let turn = stand.turns.begin(in: chat)
      stand.turns.write("four", to: turn)
      return turn
    }
    let reply = try client.ask("turn.attach", attach(turn, #","from":5"#))
    #expect(reply["result"]?["reset"] == true)
    #expect(reply["result"]?["from"] == 0)
    var hearing = Hearing()
    try hearing.read(client, until: "text")
    #expect(hearing.text[turn.description] == "four")
    let refused = try client.ask("turn.attach", attach(turn, #","from":-1"#))
    #expect(refused["error"]?["data"]?["path"] == "params.from")
    await stand.end()
  }

  @Test func `a turn of the past serves what it produced, and nothing is left of the listener`() async throws
  {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let turn = await stand.on { stand in
      let turn = stand.turns.begin(in: chat)
      stand.turns.write("Once upon a time.", to: turn)
      stand.turns.end(turn)
      return turn
    }
    for from in [0, 5] {
      try client.call("turn.attach", attach(turn, #","from":\#(from)"#))
      var hearing = Hearing()
      try hearing.read(client, until: "end")
      #expect(hearing.order == ["reply", "begin", "text", "end"])
      #expect(hearing.text[turn.description] == String("Once upon a time.".dropFirst(from)))
    }
    #expect(try client.ask("ping")["result"] == [:])
    #expect(await stand.on { $0.turns.rebuilt } == 2)
    let unknown = try client.ask("turn.attach", attach(chat))
    #expect(unknown["error"]?["data"]?["kind"] == "turn")
    await stand.end()
  }

  @Test func `an empty reply has a beginning and an end`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let turn = await stand.on { $0.turns.begin(in: chat) }
    try client.call("turn.attach", attach(turn))
    var hearing = Hearing()
    try hearing.read(client, until: "reply")
    await stand.on { $0.turns.end(turn) }
    try hearing.read(client, until: "done")
    #expect(hearing.order.filter { $0 != "saving" } == ["reply", "begin", "end", "done"])
    await stand.end()
  }

  @Test func `attaching again moves the listener`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let turn = await stand.on { stand in
      let turn = stand.turns.begin(in: chat)
      stand.turns.write("abcdef", to: turn)
      return turn
    }
    var hearing = Hearing()
    try client.call("turn.attach", attach(turn))
    try hearing.read(client, until: "text")
    try client.call("turn.attach", attach(turn, #","from":4"#))
    hearing = Hearing()
    try hearing.read(client, until: "text")
    #expect(hearing.order == ["reply", "begin", "text"])
    #expect(hearing.text[turn.description] == "ef")
    await stand.on { $0.turns.write("g", to: turn) }
    try hearing.read(client, until: "text")
    await stand.on { $0.turns.end(turn) }
    try hearing.read(client, until: "done")
    #expect(hearing.text[turn.description] == "efg" && hearing.faults == [])
    await stand.end()
  }

  @Test func `after detach nothing comes, and the turn goes on`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let turn = await stand.on { $0.turns.begin(in: chat) }
    try client.call("turn.attach", attach(turn))
    var hearing = Hearing()
    try hearing.read(client, until: "begin")
    #expect(try client.ask("turn.detach", attach(turn))["result"] == [:])
    await stand.on { stand in
      stand.turns.write("unheard", to: turn)
      stand.turns.end(turn)
    }
    #expect(try client.ask("ping")["result"] == [:], "the next line is this reply")
    #expect(try client.ask("turn.detach", attach(turn))["result"] == [:], "once more is no error")
    await stand.end()
  }

  @Test func `reasoning is for those who ask, and counts its own bytes`() async throws {
    let stand = await StreamStand()
    let (thinker, reader) = (try await stand.connect(), try await stand.connect())
    let turn = await stand.on { stand in
      let turn = stand.turns.begin(in: chat)
      stand.turns.write("hm, ", to: turn, .reasoning)
      stand.turns.write("so: ", to: turn, .reasoning)
      stand.turns.write("Yes.", to: turn)
      return turn
    }
    try thinker.call("turn.attach", attach(turn, #","reasoning":true"#))
    try reader.call("turn.attach", attach(turn))
    var (thought, read) = (Hearing(), Hearing())
    // Both listen before it ends: a turn of the past has no phases left to tell.
    try thought.read(thinker, until: "begin")
    try read.read(reader, until: "begin")
    await stand.on { $0.turns.end(turn) }
    try thought.read(thinker, until: "done")
    try read.read(reader, until: "done")
    #expect(thought.reasoning[turn.description] == "hm, so: " && thought.text[turn.description] == "Yes.")
    #expect(read.reasoning == [:] && read.text[turn.description] == "Yes.")
    #expect(thought.faults == [] && read.faults == [])
    await stand.end()
  }

  @Test func `what follows the reply is told until the turn is over`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let turn = await stand.on { $0.turns.begin(in: chat) }
    try client.call("turn.attach", attach(turn))
    var hearing = Hearing()
    try hearing.read(client, until: "begin")
    await stand.on { stand in
      stand.turns.write("Yes.", to: turn)
      stand.turns.end(turn, tail: true)
    }
    try hearing.read(client, until: "analysing")
    // Who comes during the tail hears the whole stream, and then the rest of the tail.
    let late = try await stand.connect()
    var lateHearing = Hearing()
    try late.call("turn.attach", attach(turn))
    try lateHearing.read(late, until: "end")
    await stand.on { $0.turns.finish(turn) }
    try hearing.read(client, until: "done")
    try lateHearing.read(late, until: "done")
    #expect(hearing.order == ["reply", "begin", "text", "saving", "end", "analysing", "done"])
    #expect(lateHearing.order == ["reply", "begin", "text", "end", "done"])
    await stand.end()
  }

  @Test(arguments: [(65_536, 1), (65_537, 2)])
  func `a delta has at most 64 KiB of text`(bytes: Int, deltas: Int) async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let text = String(repeating: "x", count: bytes)
    let turn = await stand.on { stand in
      let turn = stand.turns.begin(in: chat)
      stand.turns.write(text, to: turn)
      stand.turns.end(turn)
      return turn
    }
    try client.call("turn.attach", attach(turn))
    var hearing = Hearing()
    try hearing.read(client, until: "end")
    #expect(hearing.deltas == deltas && hearing.text[turn.description] == text)
    await stand.end()
  }

  @Test(arguments: 0..<4)
  func `a scalar at the limit of a delta stays whole`(before: Int) async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let text = String(repeating: "x", count: 65_536 - before) + "𝄞" + "end"
    let turn = await stand.on { stand in
      let turn = stand.turns.begin(in: chat)
      stand.turns.write(text, to: turn)
      stand.turns.end(turn)
      return turn
    }
    try client.call("turn.attach", attach(turn))
    var hearing = Hearing()
    try hearing.read(client, until: "end")
    #expect(hearing.text[turn.description] == text && hearing.longest <= 65_536 && hearing.deltas == 2)
    #expect(hearing.faults == [])
    await stand.end()
  }

  @Test func `a slow reader gets fewer and larger pieces, costs little, and misses nothing`() async throws {
    let stand = await StreamStand()
    let (slow, quick) = (try await stand.connect(), try await stand.connect())
    let turn = await stand.on { $0.turns.begin(in: chat) }
    try slow.call("turn.attach", attach(turn))
    try quick.call("turn.attach", attach(turn))
    var (slowHearing, quickHearing) = (Hearing(), Hearing())
    try quickHearing.read(quick, until: "begin")
    let pieces = 4000
    var whole = ""
    for number in 0..<pieces {
      let piece = "\(number) so much to say, é日𝄞 "
      whole += piece
      await stand.on { $0.turns.write(piece, to: turn) }
      while quickHearing.next[turn.description] != Int64(whole.utf8.count) {
        quickHearing.take(try quick.json())
      }
    }
    #expect(await stand.on { $0.server.heldBytes } <= (64 << 10) + 400 << 10)
    await stand.on { $0.turns.end(turn) }
    try quickHearing.read(quick, until: "done")
    try slowHearing.read(slow, until: "done")
    #expect(slowHearing.text == [turn.description: whole] && quickHearing.text == slowHearing.text)
    #expect(quickHearing.deltas == pieces)
    #expect(slowHearing.deltas < pieces)
    #expect(slowHearing.order == quickHearing.order)
    #expect(slowHearing.faults == [] && quickHearing.faults == [])
    await stand.end()
  }

  @Test func `readers of a turn of the past share its text, and are charged for it while they read`()
    async throws
  {
    let stand = await StreamStand()
    let text = String(repeating: "x", count: 2 << 20)
    let chat = chat
    let turn = await stand.on { stand in
      let turn = stand.turns.begin(in: chat)
      stand.turns.write(text, to: turn)
      stand.turns.end(turn)
      return turn
    }
    let same = await sharesPast(stand, turn)
    #expect(same, "each reader has a copy of its own")
    #expect(await stand.on { $0.server.heldBytes } == 0)
    let sleeper = try await stand.connect()
    try sleeper.call("turn.attach", attach(turn))
    try await until("it is charged") { stand.server.heldBytes >= 2 << 20 }
    let reader = try await stand.connect()
    try reader.call("turn.attach", attach(turn))
    var hearing = Hearing()
    try hearing.read(reader, until: "end")
    #expect(hearing.text[turn.description] == text && hearing.faults == [])
    var late = Hearing()
    try late.read(sleeper, until: "end")
    #expect(late.text[turn.description] == text)
    try await until("nothing held") { stand.server.heldBytes == 0 }
    await stand.end()
  }

  /// Whether two who read at once have one stream, and who comes after them gets one anew.
  @Loop private func sharesPast(_ stand: StreamStand, _ turn: ULID) async -> Bool {
    let streams = stand.hub.streams
    let owner = StreamStand.owner
    var first = try? await streams.stream(turn, of: owner, through: stand.turns)
    let second = try? await streams.stream(turn, of: owner, through: stand.turns)
    let other = try? await streams.stream(turn, of: Owner(uid: owner.uid ^ 1), through: stand.turns)
    defer { first = nil }
    return first != nil && first === second && other != nil && other !== first
  }

  @Test func `a connection listens to so many turns at once, and not to one more`() async throws {
    var limits = Limits()
    limits.maxSubscriptions = 2
    let stand = await StreamStand(limits: limits)
    let client = try await stand.connect()
    let turns = await stand.on { stand in (0..<3).map { _ in stand.turns.begin(in: ULIDMaker().make()) } }
    for turn in turns.prefix(2) {
      try client.call("turn.attach", attach(turn))
      var hearing = Hearing()
      try hearing.read(client, until: "begin")
    }
    let refused = try client.ask("turn.attach", attach(turns[2]))
    #expect(refused["error"]?["data"]?["reason"] == "too_large")
    let send = try client.ask("message.send", #"{"chat":"\#(chat)","text":"x"}"#)
    #expect(send["error"]?["data"]?["reason"] == "too_large")
    #expect(try client.ask("turn.detach", attach(turns[0]))["result"] == [:])
    #expect(try client.ask("turn.attach", attach(turns[2]))["result"] != nil)
    await stand.end()
  }

  @Test func `an unfinished turn keeps a half-closed connection open, until it is over`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let turn = await stand.on { $0.turns.begin(in: chat) }
    try client.call("turn.attach", attach(turn))
    client.halfClose()
    var hearing = Hearing()
    try hearing.read(client, until: "begin")
    await stand.on { stand in
      stand.turns.write("Still here.", to: turn)
      stand.turns.end(turn)
    }
    try hearing.read(client, until: "done")
    try client.waitForEnd()
    #expect(hearing.text[turn.description] == "Still here.")
    await stand.end()
  }

  @Test func `a listener that leaves is forgotten, and the others hear on`() async throws {
    let stand = await StreamStand()
    let (leaving, staying) = (try await stand.connect(), try await stand.connect())
    let turn = await stand.on { $0.turns.begin(in: chat) }
    for client in [leaving, staying] {
      try client.call("turn.attach", attach(turn))
      var hearing = Hearing()
      try hearing.read(client, until: "begin")
    }
    leaving.close()
    var hearing = Hearing()
    try staying.call("turn.attach", attach(turn))
    try hearing.read(staying, until: "begin")
    for _ in 0..<3 { await stand.on { $0.turns.write("on ", to: turn) } }
    await stand.on { $0.turns.end(turn) }
    try hearing.read(staying, until: "done")
    #expect(hearing.text[turn.description] == "on on on ")
    #expect(await stand.on { $0.server.connectionCount } == 1)
    await stand.end()
  }
}
