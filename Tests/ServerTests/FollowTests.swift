import Base
import Engine
import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// Chats that are followed, and senders: streams that open by themselves, in order with the events.
@Suite(.timeLimit(.minutes(1))) struct FollowTests {
  private let chat = ULIDMaker().make()

  init() { Loop.start() }

  private func follow(_ more: String = "") -> String { #"{"chat":"\#(chat)"\#(more)}"# }

  private func send(_ more: String = "") -> String { #"{"chat":"\#(chat)","text":"Hello?"\#(more)}"# }

  /// The tip of the chat moved: an event like any other.
  private var headMoved: Event.Subject {
    .chatHead(
      Chat(
        id: chat, companion: chat, version: 1, revision: 1, createdAt: Timestamp(milliseconds: 0),
        updatedAt: Timestamp(milliseconds: 0), change: 1))
  }

  @Test
  func `a follower hears every turn of the chat and its events, in the order in which they became true`()
    async throws
  {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let running = await stand.on { stand in
      let turn = stand.turns.begin(in: chat)
      stand.turns.write("first", to: turn)
      stand.turns.begin(in: ULIDMaker().make())
      return turn
    }
    try client.call("chat.follow", follow())
    var hearing = Hearing()
    try hearing.read(client, until: "text")
    // All in one turn of the loop: only their places in the ring tell what comes first.
    let (head, other) = (headMoved, ULIDMaker().make())
    let second = await stand.on { stand in
      stand.turns.end(running)
      stand.turns.tell(head)
      stand.turns.begin(in: other)
      let second = stand.turns.begin(in: chat)
      stand.turns.write("second", to: second)
      stand.turns.tell(head)
      stand.turns.end(second)
      return second
    }
    try hearing.read(client, until: "turn.ended")
    #expect(
      hearing.order == ["reply", "begin", "text", "saving", "turn.phase", "end", "done", "turn.ended"])
    hearing.order = []
    try hearing.read(client, until: "turn.ended")
    #expect(
      hearing.order.filter { !["begin", "text"].contains($0) } == [
        "chat.head", "message.created", "chat.head", "saving", "turn.phase", "end", "done", "turn.ended",
      ])
    let (line, begin) = (
      hearing.order.firstIndex(of: "message.created"), hearing.order.firstIndex(of: "begin")
    )
    #expect(try #require(line) < #require(begin))
    #expect(hearing.text == [running.description: "first", second.description: "second"])
    #expect(hearing.faults == [])
    await stand.end()
  }

  @Test func `a follower hears a turn that is tried again, also when it hears of its first end only then`()
    async throws
  {
    let stand = await StreamStand()
    let client = try await stand.connect()
    try client.call("chat.follow", follow())
    var hearing = Hearing()
    try hearing.read(client, until: "reply")
    let chat = chat
    let turn = await stand.on { stand in
      let turn = stand.turns.begin(in: chat)
      stand.turns.write("first", to: turn)
      return turn
    }
    try hearing.read(client, until: "text")
    await stand.on { stand in
      stand.turns.end(turn)
      stand.turns.begin(in: chat, again: turn)
      stand.turns.write("second", to: turn)
      stand.turns.end(turn)
    }
    try hearing.read(client, until: "turn.ended")
    try hearing.read(client, until: "turn.ended")
    #expect(hearing.order.filter { ["begin", "end"].contains($0) } == ["begin", "end", "begin", "end"])
    #expect(hearing.text == [turn.description: "second"])
    #expect(hearing.faults == [])
    await stand.end()
  }

  @Test func `a follower that comes again says how far it had read`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let turn = await stand.on { stand in
      let turn = stand.turns.begin(in: chat)
      stand.turns.write("abcdef", to: turn)
      return turn
    }
    let cases: [(asked: String, from: Int64, reset: Bool)] = [
      (#","turn":"\#(turn)","from":4"#, 4, false), (#","turn":"\#(chat)","from":4"#, 0, false),
      (#","turn":"\#(turn)","from":7"#, 0, true),
    ]
    for (asked, from, reset) in cases {
      let reply = try client.ask("chat.follow", follow(asked))
      #expect(reply["result"]?["turn"]?["id"]?.string == turn.description)
      #expect(reply["result"]?["from"]?.integer == from)
      #expect((reply["result"]?["reset"] == true) == reset)
      var hearing = Hearing()
      try hearing.read(client, until: "text")
      #expect(hearing.text[turn.description] == String("abcdef".dropFirst(Int(from))))
      #expect(try client.ask("chat.unfollow", follow())["result"] == [:])
    }
    await stand.end()
  }

  @Test func `following twice is following once, and leaves the listener where it is`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let turn = await stand.on { stand in
      let turn = stand.turns.begin(in: chat)
      stand.turns.write("abc", to: turn)
      return turn
    }
    var hearing = Hearing()
    try client.call("chat.follow", follow())
    try hearing.read(client, until: "text")
    #expect(try client.ask("chat.follow", follow())["result"]?["from"] == 3)
    let head = headMoved
    await stand.on { stand in
      stand.turns.tell(head)
      stand.turns.end(turn)
    }
    try hearing.read(client, until: "turn.ended")
    #expect(
      hearing.order.filter { $0 == "chat.head" || $0 == "end" || $0 == "begin" } == [
        "begin", "chat.head", "end",
      ])
    #expect(hearing.faults == [])
    await stand.end()
  }

  @Test func `after unfollow the chat is silent, but an attached turn goes on`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let attached = await stand.on { $0.turns.begin(in: chat) }
    var hearing = Hearing()
    try client.call("turn.attach", #"{"turn":"\#(attached)"}"#)
    try hearing.read(client, until: "begin")
    try client.call("chat.follow", follow())
    try hearing.read(client, until: "reply")
    #expect(try client.ask("chat.unfollow", follow())["result"] == [:])
    #expect(try client.ask("chat.unfollow", follow())["error"]?["data"]?["kind"] == "follow")
    let head = headMoved
    await stand.on { stand in
      stand.turns.tell(head)
      stand.turns.write("on", to: attached)
      stand.turns.end(attached)
      stand.turns.begin(in: chat)
    }
    try hearing.read(client, until: "done")
    #expect(hearing.order == ["reply", "begin", "reply", "text", "saving", "end", "done"])
    #expect(try client.ask("ping")["result"] == [:])
    await stand.end()
  }

  @Test func `a follow keeps a half-closed connection open`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    try client.call("chat.follow", follow())
    client.halfClose()
    var hearing = Hearing()
    try hearing.read(client, until: "reply")
    let turn = await stand.on { $0.turns.begin(in: chat) }
    try hearing.read(client, until: "begin")
    await stand.on { $0.turns.end(turn) }
    try hearing.read(client, until: "turn.ended")
    #expect(await stand.on { $0.server.connectionCount } == 1)
    await stand.end()
    try client.waitForEnd()
  }

  @Test func `a follower asleep through whole turns hears them from the store, in order`() async throws {
    let stand = await StreamStand()
    let client = try await stand.connect()
    let other = ULIDMaker().make()
    var hearing = Hearing()
    try client.call("chat.follow", follow())
    try hearing.read(client, until: "reply")
    // More than any socket takes, so that the connection sleeps on it.
    let flood = await stand.on { $0.turns.begin(in: other) }
    try client.call("turn.attach", #"{"turn":"\#(flood)"}"#)
    try hearing.read(client, until: "begin")
    let large = String(repeating: "0123456789abcdef", count: 1 << 17)
    await stand.on { stand in stand.turns.write(large, to: flood) }
    await stand.on { _ in }
    let missed = await stand.on { stand in
      ["one", "two"].map { text in
        let turn = stand.turns.begin(in: chat)
        stand.turns.write(text, to: turn)
        stand.turns.end(turn)
        return turn
      }
    }
    await stand.on { stand in
      stand.turns.forget(missed[0])
      stand.turns.end(flood)
    }
    hearing.order = []
    while hearing.order.filter({ $0 == "done" }).count < 3 { hearing.take(try client.json()) }
    #expect((hearing.text[flood.description] == large) == true)
    #expect(hearing.text[missed[1].description] == "two")
    // The first was deleted meanwhile: its events pass without a stream.
    #expect(hearing.text[missed[0].description] == nil)
    #expect(hearing.order.filter { $0 == "end" }.count == 2)
    #expect(await stand.on { $0.turns.rebuilt } == 1)
    #expect(hearing.faults == [])
    #expect(try client.ask("ping")["result"] == [:])
    await stand.end()
  }

  @Test func `what has left the ring costs a listener events, but never text`() async throws {
    var limits = Limits()
    limits.eventRing = 8
    let stand = await StreamStand(limits: limits)
    let client = try await stand.connect()
    var hearing = Hearing()
    try client.call("chat.follow", follow())
    try hearing.read(client, until: "reply")
    let turn = await stand.on { $0.turns.begin(in: chat) }
    try hearing.read(client, until: "begin")
    let large = String(repeating: "0123456789abcdef", count: 1 << 17)
    let head = headMoved
    await stand.on { stand in stand.turns.write(large, to: turn) }
    // Asleep, while its turn ends and another begins, and the ring forgets both.
    let second = await stand.on { stand in
      stand.turns.end(turn)
      let second = stand.turns.begin(in: chat)
      for _ in 0..<9 { stand.turns.tell(head) }
      stand.turns.write("second", to: second)
      return second
    }
    hearing.order = []
    while hearing.text[second.description] != "second" { hearing.take(try client.json()) }
    await stand.on { $0.turns.end(second) }
    try hearing.read(client, until: "turn.ended")
    #expect(hearing.order.contains("server.lost"))
    #expect((hearing.text[turn.description] == large) == true)
    #expect(hearing.order.filter { $0 == "end" || $0 == "begin" } == ["end", "begin", "end"])
    #expect(hearing.faults == [])
    await stand.end()
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `followers that come and read at any time agree on every byte`(seed: UInt64) async throws {
    let stand = await StreamStand()
    var random = RandomSource.seeded(seed)
    let turn = await stand.on { $0.turns.begin(in: chat) }
    var clients: [(LineClient, Hearing)] = []
    var whole = ""
    for _ in 0..<200 {
      let piece = String(
        (0..<Int.random(in: 1...5, using: &random)).map { _ in "aé日𝄞".randomElement(using: &random) ?? "a" })
      whole += piece
      await stand.on { $0.turns.write(piece, to: turn) }
      if clients.count < 6, Int.random(in: 0..<20, using: &random) == 0 {
        let client = try await stand.connect()
        try client.call(
          Bool.random(using: &random) ? "chat.follow" : "turn.attach",
          #"{"chat":"\#(chat)","turn":"\#(turn)"}"#)
        clients.append((client, Hearing()))
      }
      for index in clients.indices where Int.random(in: 0..<3, using: &random) == 0 {
        while clients[index].1.next[turn.description] != Int64(whole.utf8.count) {
          clients[index].1.take(try clients[index].0.json())
        }
      }
    }
    await stand.on { $0.turns.end(turn) }
    for index in clients.indices {
      try clients[index].1.read(clients[index].0, until: "done")
      #expect(clients[index].1.text[turn.description] == whole, "seed \(seed)")
      #expect(clients[index].1.faults == [], "seed \(seed)")
      #expect(
        clients[index].1.order.filter { $0 == "begin" || $0 == "end" } == ["begin", "end"], "seed \(seed)")
    }
    await stand.end()
  }
}
