import Base
import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// What a subscriber is told, in which order, and what it is told about what it missed.
@Suite(.ownThreads) struct EventTests {
  static func small(ring: Int) -> Limits {
    var limits = Limits()
    limits.eventRing = ring
    return limits
  }

  /// `count` events that are never merged, numbered on from the last ones.
  static func noise(_ range: ClosedRange<Int>, on server: TestServer, text: String? = nil) async {
    await onLoop {
      for number in range { server.hub.announce(Noise.self, .init(number: number, text: text)) }
    }
  }

  static func numbers(_ count: Int, from client: LineClient) throws -> [Int64] {
    try (0..<count).map { _ in try client.json().eventData?["number"]?.integer ?? -1 }
  }

  @Test func `tells an event once, however many subscriptions match`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    for topics in [#"["test"]"#, #"["test.noise"]"#, #"["","test.","settings"]"#] {
      #expect(try client.ask("events.subscribe", "{\"topics\":\(topics)}").result?["missed"] == false)
    }
    await Self.noise(1...10, on: server)
    #expect(try Self.numbers(10, from: client) == Array(1...10))
    // One of them gone, the others go on.
    #expect(try client.ask("events.unsubscribe", #"{"subscription":"s1"}"#).result != nil)
    await Self.noise(11...12, on: server)
    #expect(try Self.numbers(2, from: client) == [11, 12])
    #expect(try client.ask("ping", id: 5)["id"] == 5)
    await server.end()
  }

  @Test func `matches topics by whole words`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    #expect(
      try client.ask("events.subscribe", #"{"topics":["tes","test.noi","test.noise.more"]}"#).result != nil)
    await Self.noise(1...3, on: server)
    #expect(try client.ask("events.subscribe", #"{"topics":["test."]}"#, id: 2).result?["seq"] == 3)
    await Self.noise(4...4, on: server)
    #expect(try client.json().seq == 4)
    await server.end()
  }

  @Test func `replays after since without a seam, then goes on live`() async throws {
    let server = try await TestServer(overVaults: Limits())
    var client = try await server.connect()
    let first = try client.ask("events.subscribe", #"{"topics":["test"]}"#).result
    let boot = try #require(first?["boot"]?.string)
    await Self.noise(1...5, on: server)
    #expect(try Self.numbers(5, from: client) == Array(1...5))
    client.close()
    await Self.noise(6...9, on: server)
    client = try await server.connect()
    // Events come while the call is on its way, too.
    try client.call(
      "events.subscribe", "{\"topics\":[\"test\"],\"since\":{\"boot\":\"\(boot)\",\"seq\":5}}", id: 2)
    await Self.noise(10...200, on: server)
    let reply = try client.json()
    #expect(reply["id"] == 2)
    #expect(reply.result?["missed"] == false)
    #expect((9...200).contains(reply.result?["seq"]?.integer ?? 0))
    await Self.noise(201...210, on: server)
    #expect(try Self.numbers(205, from: client) == Array(6...210))
    await server.end()
  }

  @Test func `replays to a second subscription only what the connection has not been told`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    await Self.noise(1...5, on: server)
    let boot = try #require(
      try client.ask("events.subscribe", #"{"topics":["test"]}"#).result?["boot"]?.string)
    await Self.noise(6...8, on: server)
    #expect(try Self.numbers(3, from: client) == [6, 7, 8])
    try client.call(
      "events.subscribe", "{\"topics\":[\"\"],\"since\":{\"boot\":\"\(boot)\",\"seq\":2}}", id: 2)
    #expect(try client.json()["id"] == 2)
    await Self.noise(9...10, on: server)
    #expect(try Self.numbers(5, from: client) == [3, 4, 5, 9, 10])
    await server.end()
  }

  @Test func `says missed when the ring has forgotten, at the edge and one past it`() async throws {
    let small = try await TestServer(overVaults: Self.small(ring: 8), boot: "01JD7Q2M4X8YV5T3N9C6B1R0ZK")
    // The ring begins with its owner's first connection.
    let (anybody, client) = (try await small.connect(), try await small.connect())
    #expect(try anybody.ask("ping")["id"] == 1)
    await Self.noise(1...20, on: small)
    func since(_ boot: String, _ seq: Int) -> String {
      "{\"topics\":[\"test\"],\"since\":{\"boot\":\"\(boot)\",\"seq\":\(seq)}}"
    }
    let boot = "01JD7Q2M4X8YV5T3N9C6B1R0ZK"
    // 13 to 20 are there: who has seen 12 misses nothing.
    #expect(try client.ask("events.subscribe", since(boot, 12)).result?["missed"] == false)
    #expect(try Self.numbers(8, from: client) == Array(13...20))
    let late = try await small.connect()
    #expect(try late.ask("events.subscribe", since(boot, 11)).result?["missed"] == true)
    #expect(try Self.numbers(8, from: late) == Array(13...20))
    // Another boot's numbers mean nothing, and neither do numbers there have not been.
    let strange = [since("01JD7Q2M4X8YV5T3N9C6B1R0ZZ", 20), since(boot, 21), since(boot, -1)]
    for (index, params) in strange.enumerated() {
      // The number after the newest is one that has not been.
      let params = index == 1 ? since(boot, 21 + index) : params
      let other = try await small.connect()
      let reply = try other.ask("events.subscribe", params)
      #expect(reply.result?["missed"] == true)
      #expect(reply.result?["boot"]?.string == boot)
      await Self.noise(101...101, on: small)
      #expect(try Self.numbers(1, from: other) == [101])
    }
    await small.end()
  }

  @Test func `bounds what it remembers in bytes as well as in number`() async throws {
    var limits = Limits()
    limits.eventRingBytes = 50_000
    let server = try await TestServer(overVaults: limits, boot: "01JD7Q2M4X8YV5T3N9C6B1R0ZK")
    let client = try await server.connect()
    await Self.noise(1...100, on: server, text: String(repeating: "x", count: 4000))
    let reply = try client.ask(
      "events.subscribe", #"{"topics":["test"],"since":{"boot":"01JD7Q2M4X8YV5T3N9C6B1R0ZK","seq":0}}"#)
    #expect(reply.result?["missed"] == true)
    var lines: [String] = []
    repeat { lines.append(try client.line()) } while try JSONText.parse(lines.last ?? "").seq != 100
    let bytes = lines.reduce(0) { $0 + $1.utf8.count + 1 }
    #expect(bytes <= 50_000)
    // One more would have been too much.
    #expect(bytes + (lines.first?.utf8.count ?? 0) + 1 > 50_000)
    await server.end()
  }

  @Test func `tells only the newest of a state, and leaves a hole where the older were`() async throws {
    let server = try await TestServer(overVaults: Limits(), boot: "01JD7Q2M4X8YV5T3N9C6B1R0ZK")
    let (writer, client) = (try await server.connect(), try await server.connect())
    for number in 1...10 {
      #expect(try writer.ask("settings.set", "{\"user\":{\"name\":\"n\(number)\"}}").result != nil)
      await Self.noise(number...number, on: server)
    }
    let reply = try client.ask(
      "events.subscribe", #"{"topics":[""],"since":{"boot":"01JD7Q2M4X8YV5T3N9C6B1R0ZK","seq":0}}"#)
    #expect(reply.result?["missed"] == false)
    let events = try (0..<11).map { _ in try client.json() }
    #expect(events.filter { $0.topic == "test.noise" }.map(\.seq) == (1...10).map { Int64(2 * $0) })
    let states = events.filter { $0.topic == "settings.changed" }
    #expect(states.map(\.seq) == [19])
    #expect(states.first?.eventData?["settings"]?["user"]?["name"] == "n10")
    #expect(events.compactMap(\.seq) == events.compactMap(\.seq).sorted())
    await server.end()
  }

  @Test func `tells a sleeper what it lost, then what is still there`() async throws {
    let server = try await TestServer(overVaults: Self.small(ring: 16))
    let client = try await server.connect()
    #expect(try client.ask("events.subscribe", #"{"topics":["test"]}"#).result != nil)
    for step in 0..<100 {
      await Self.noise(
        (step * 10 + 1)...(step * 10 + 10), on: server, text: String(repeating: "x", count: 4000))
      await turns(2)
    }
    // Its window, and not more, is held for it.
    #expect(await server.heldBytes <= (64 << 10) + 8192)
    var (next, losses) = (Int64(1), 0)
    while next <= 1000 {
      let event = try client.json()
      let seq = try #require(event.seq)
      if event.topic == "server.lost" {
        losses += 1
        #expect(event.eventData?["from"]?.integer == next)
        #expect(event.eventData?["to"]?.integer == seq)
      } else {
        #expect(seq == next)
        #expect(event.eventData?["number"]?.integer == seq)
      }
      next = seq + 1
    }
    #expect(losses == 1)
    // Awake again, it misses nothing more.
    await Self.noise(1001...1010, on: server)
    #expect(try Self.numbers(10, from: client) == Array(1001...1010))
    await server.end()
  }

  @Test func `sends nothing of a subscription after the reply that ended it`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    for round in 0..<20 {
      let name = "s\(round + 1)"
      #expect(
        try client.ask("events.subscribe", #"{"topics":["test"]}"#).result?["subscription"]?.string == name)
      try client.call("events.unsubscribe", "{\"subscription\":\"\(name)\"}", id: 9)
      await Self.noise(1...3, on: server)
      var message = try client.json()
      while message["id"] == nil { message = try client.json() }
      #expect(message["id"] == 9)
      await Self.noise(4...5, on: server)
      // What the ping's reply follows would have come before it.
      #expect(try client.ask("ping", id: 10)["id"] == 10)
    }
    let gone = try client.ask("events.unsubscribe", #"{"subscription":"s1"}"#)
    #expect(gone.code == 1)
    #expect(gone["error"]?["data"]?["kind"] == "subscription")
    await server.end()
  }

  @Test func `tells before the reply of an unsubscription what had happened before it`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    #expect(try client.ask("events.subscribe", #"{"topics":["test"]}"#).result != nil)
    await Self.noise(1...5, on: server)
    try client.call("events.unsubscribe", #"{"subscription":"s1"}"#, id: 2)
    #expect(try Self.numbers(5, from: client) == Array(1...5))
    #expect(try client.json()["id"] == 2)
    await server.end()
  }

  @Test func `leaves no subscription behind when the call for it is cancelled`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    #expect(try client.ask("hello", "{}").result != nil)
    try client.send(
      bytes: Array(
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"events.subscribe\",\"params\":{\"topics\":[\"\"]}}\n"
          + "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"call.cancel\",\"params\":{\"id\":1}}\n").utf8))
    #expect(try client.json().code == 9)
    #expect(try client.json().result?["cancelled"] == true)
    try await until("the handler has ended") { server.server.runningCalls == 0 }
    #expect(await onLoop { server.server.subscriptionCount } == 0)
    client.halfClose()
    try client.waitForEnd()
    await server.end()
  }

  @Test func `tells on after a half-close as long as there is a subscription, and a full close ends it`()
    async throws
  {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    #expect(try client.ask("events.subscribe", #"{"topics":["test"]}"#).result != nil)
    client.halfClose()
    for number in 1...5 {
      await Self.noise(number...number, on: server)
      #expect(try Self.numbers(1, from: client) == [Int64(number)])
    }
    #expect(await onLoop { server.server.connectionCount } == 1)
    client.close()
    try await until("it is gone") { server.server.connectionCount == 0 }
    await server.end()
  }

  // MARK: Limits

  @Test func `takes 64 subscriptions of a connection and refuses the 65th`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    for number in 1...64 {
      #expect(try client.ask("events.subscribe", #"{"topics":["test"]}"#, id: number).result != nil)
    }
    let refused = try client.ask("events.subscribe", #"{"topics":["test"]}"#, id: 65)
    #expect(refused.code == 7)
    #expect(refused["error"]?["data"]?["limit"] == 64)
    #expect(try client.ask("events.unsubscribe", #"{"subscription":"s7"}"#).result != nil)
    #expect(try client.ask("events.subscribe", #"{"topics":["test"]}"#).result?["subscription"] == "s65")
    await server.end()
  }

  @Test func `takes 256 filters of a subscription and refuses the 257th`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    func filters(_ topics: Int, _ chats: Int, _ companions: Int) -> String {
      func list(_ count: Int, _ text: String) -> String {
        "[" + Array(repeating: "\"\(text)\"", count: count).joined(separator: ",") + "]"
      }
      let id = "01JD7Q2M4X8YV5T3N9C6B1R0ZK"
      return
        "{\"topics\":\(list(topics, "test")),\"chats\":\(list(chats, id)),\"companions\":\(list(companions, id))}"
    }
    #expect(try client.ask("events.subscribe", filters(100, 100, 56)).result != nil)
    let refused = try client.ask("events.subscribe", filters(100, 100, 57))
    #expect(refused.code == 7)
    #expect(refused["error"]?["data"]?["limit"] == 256)
    #expect(try client.ask("events.subscribe", filters(0, 0, 0)).code == -32602)
    let long = String(repeating: "t", count: 128)
    #expect(try client.ask("events.subscribe", "{\"topics\":[\"\(long)\"]}").result != nil)
    #expect(try client.ask("events.subscribe", "{\"topics\":[\"\(long)t\"]}").code == -32602)
    await server.end()
  }

  @Test func `leaves the settings out of an event that would be larger than 8 KiB`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    #expect(try client.ask("events.subscribe", #"{"topics":["settings"]}"#).result != nil)
    func event(_ count: Int) throws -> String {
      let text = String(repeating: "o", count: count)
      #expect(
        try client.ask("settings.set", "{\"user\":{\"name\":\"a\",\"overview\":\"\(text)\"}}").result != nil)
      return try client.line()
    }
    let frame = try event(1000).utf8.count - 1000
    // The line feed counts.
    let whole = try event(8192 - 1 - frame)
    #expect(whole.utf8.count + 1 == 8192)
    #expect(try JSONText.parse(whole).eventData?["settings"] != nil)
    let brief = try JSONText.parse(event(8192 - frame))
    #expect(brief.eventData?["settings"] == nil)
    #expect(brief.eventData?["revision"] == 3)
    #expect(brief.eventData?["changed"] == ["user"])
    await server.end()
  }

  /// A commit while the subscription is made is counted in the number that is told, or an event behind it.
  @Test func `no change falls between a subscription's number and its first event`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let writer = try await server.connect()
    for round in 1...150 {
      let listener = try await server.connect()
      try writer.call("settings.set", "{\"user\":{\"name\":\"\(round)\"}}", id: round)
      if round % 3 == 0 { await turns(round % 5) }
      let told = try listener.ask("events.subscribe", #"{"topics":["settings"]}"#).result
      let change = try #require(told?["change"]?.integer)
      let settings = try #require(try writer.json().result?["settings"])
      guard settings["change"]?.integer ?? 0 > change else { continue }
      let event = try listener.json()
      #expect(event.eventData?["change"] == settings["change"], "round \(round)")
      #expect(event.seq ?? 0 > told?["seq"]?.integer ?? .max)
    }
    await server.end()
  }

  @Test func `lists 1 to 200 changes at a time`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    for limit in [1, 200] {
      #expect(try client.ask("sync.changes", "{\"since\":0,\"limit\":\(limit)}").result?["latest"] != nil)
    }
    for params in [#"{"since":0,"limit":0}"#, #"{"since":0,"limit":201}"#, #"{"since":-1}"#] {
      #expect(try client.ask("sync.changes", params).code == -32602)
    }
    await server.end()
  }
}
