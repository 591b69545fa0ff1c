import Base
import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// The order in which calls begin and are answered, and taking one back.
@Suite(.ownThreads) struct CancelTests {
  @Loop static func server(_ limits: Limits = Limits()) -> (TestServer, Gates) {
    let gates = Gates()
    return (TestServer(routes: testRoutes(gates), limits: limits), gates)
  }

  static var one: Limits {
    var limits = Limits()
    limits.maxRunningCalls = 1
    return limits
  }

  @Test func `begins calls in the order of their lines and answers them as they end`() async throws {
    let (server, gates) = await Self.server()
    let client = try await server.connect()
    for number in 1...20 { try client.call("test.hold", "{\"name\":\"\(number)\"}", id: number) }
    try await until("all run") { gates.arrived.count == 20 }
    #expect(await onLoop { gates.arrived } == (1...20).map { String($0) })
    for number in (1...20).reversed() {
      await onLoop { gates.open("\(number)") }
      #expect(try client.json()["id"]?.integer == Int64(number))
    }
    await server.end()
  }

  @Test func `lets ping and call.cancel overtake what waits, and nothing else`() async throws {
    let (server, gates) = await Self.server(Self.one)
    let client = try await server.connect()
    try client.call("test.hold", #"{"name":"a"}"#, id: 1)
    try client.call("test.swallow", id: 2)
    try client.call("ping", id: 3)
    #expect(try client.json()["id"] == 3)
    #expect(try client.ask("call.cancel", #"{"id":99}"#, id: 4).result?["cancelled"] == false)
    await onLoop { gates.open("a") }
    #expect(try client.json()["id"] == 1)
    #expect(try client.json()["id"] == 2)
    await server.end()
  }

  @Test func `takes back a call that waits`() async throws {
    let (server, gates) = await Self.server(Self.one)
    let client = try await server.connect()
    for (id, name) in [(1, "a"), (2, "b"), (3, "c")] {
      try client.call("test.hold", "{\"name\":\"\(name)\"}", id: id)
    }
    try client.call("call.cancel", #"{"id":2}"#, id: 4)
    let cancelled = try client.json()
    #expect(cancelled["id"] == 2)
    #expect(cancelled.code == 9)
    #expect(cancelled.reason == "cancelled")
    #expect(try client.json().result?["cancelled"] == true)
    // A second time there is nothing to take back.
    #expect(try client.ask("call.cancel", #"{"id":2}"#, id: 5).result?["cancelled"] == false)
    await onLoop { gates.openAll() }
    #expect(try client.json()["id"] == 1)
    #expect(try client.json()["id"] == 3)
    #expect(await onLoop { gates.arrived } == ["a", "c"])
    await server.end()
  }

  @Test func `a connection that is ended ends for its peer, whatever calls taken back still wait for`()
    async throws
  {
    let (server, gates) = await Self.server()
    let client = try await server.connect()
    try client.call("test.hold", #"{"name":"a"}"#, id: 1)
    try client.call("call.cancel", #"{"id":1}"#, id: 2)
    #expect(try client.json().reason == "cancelled")
    #expect(try client.json().result?["cancelled"] == true)
    await onLoop { server.server.abandonAll() }
    try client.waitForEnd()
    #expect(await onLoop { gates.held } == 1, "its handler has not come back")
    await onLoop { gates.openAll() }
    try await until("it has come back") { gates.passed == ["a"] }
    await server.end()
  }

  @Test func `a place that a cancelled call gives back is taken by the next that waits`() async throws {
    let (server, gates) = await Self.server(Self.one)
    let client = try await server.connect()
    try client.call("test.hold", #"{"name":"a"}"#, id: 1)
    try client.call("test.swallow", id: 2)
    try client.call("call.cancel", #"{"id":1}"#, id: 3)
    #expect(try client.json().reason == "cancelled")
    #expect(try client.json().result?["cancelled"] == true)
    await onLoop { gates.open("a") }
    #expect(try client.json()["id"] == 2)
    await server.end()
  }

  @Test func `takes back a call that runs and has had no effect`() async throws {
    let (server, gates) = await Self.server()
    let client = try await server.connect()
    try client.call("test.hold", #"{"name":"a"}"#, id: 1)
    try client.call("call.cancel", #"{"id":1}"#, id: 2)
    let cancelled = try client.json()
    #expect(cancelled["id"] == 1)
    #expect(cancelled.code == 9)
    #expect(try client.json().result?["cancelled"] == true)
    await onLoop { gates.open("a") }
    try await until("it heard of it") { gates.cancelled == ["a"] }
    // Its own result is nobody's any more, and its id may be used again.
    #expect(try client.ask("ping", id: 1).result != nil)
    await server.end()
  }

  @Test func `leaves a call alone whose effect has begun`() async throws {
    let (server, gates) = await Self.server()
    let client = try await server.connect()
    try client.call("test.hold", #"{"name":"a","effective":true}"#, id: 1)
    #expect(try client.ask("call.cancel", #"{"id":1}"#, id: 2).result?["cancelled"] == false)
    await onLoop { gates.open("a") }
    #expect(try client.json().result?["name"] == "a")
    #expect(await onLoop { gates.cancelled } == [])
    await server.end()
  }

  @Test func `tells a number from a string, and one connection's calls from another's`() async throws {
    let (server, gates) = await Self.server()
    let client = try await server.connect()
    try client.send(#"{"jsonrpc":"2.0","id":"1","method":"test.hold","params":{"name":"a"}}"#)
    #expect(try client.ask("call.cancel", #"{"id":1}"#, id: 2).result?["cancelled"] == false)
    let other = try await server.connect()
    #expect(try other.ask("call.cancel", #"{"id":"1"}"#, id: 2).result?["cancelled"] == false)
    try client.call("call.cancel", #"{"id":"1"}"#, id: 3)
    #expect(try client.json()["id"] == "1")
    #expect(try client.json().result?["cancelled"] == true)
    await onLoop { gates.openAll() }
    await server.end()
  }

  @Test func `takes back an entry of a batch, which then comes complete`() async throws {
    let (server, gates) = await Self.server(Self.one)
    let client = try await server.connect()
    try client.send(
      #"[{"jsonrpc":"2.0","id":1,"method":"test.hold","params":{"name":"a"}},"#
        + #"{"jsonrpc":"2.0","id":2,"method":"test.hold","params":{"name":"b"}}]"#)
    try client.call("call.cancel", #"{"id":2}"#, id: 3)
    #expect(try client.json().result?["cancelled"] == true)
    await onLoop { gates.open("a") }
    let replies = try client.json().array ?? []
    #expect(replies.map { $0["id"] } == [1, 2])
    #expect(replies.first?.result?["name"] == "a")
    #expect(replies.last?.code == 9)
    await server.end()
  }

  /// Otherwise calls that were taken back, and go on for a while, could be as many as a peer likes.
  @Test func `gives a cancelled call's place away only when its handler has ended`() async throws {
    let (server, gates) = await Self.server(Self.one)
    let client = try await server.connect()
    try client.call("test.hold", #"{"name":"a"}"#, id: 1)
    try client.call("call.cancel", #"{"id":1}"#, id: 2)
    #expect(try client.json().code == 9)
    #expect(try client.json().result?["cancelled"] == true)
    try client.call("test.hold", #"{"name":"b"}"#, id: 3)
    try client.call("ping", id: 4)
    #expect(try client.json()["id"] == 4)
    #expect(await onLoop { gates.arrived } == ["a"])
    #expect(await onLoop { server.server.runningCalls } == 1)
    await onLoop { gates.open("a") }
    try await until("the next runs") { gates.arrived == ["a", "b"] }
    await onLoop { gates.open("b") }
    #expect(try client.json()["id"] == 3)
    await server.end()
  }

  // MARK: Ids in flight

  @Test func `refuses an id that is in flight, running or waiting, and goes on with the first`() async throws
  {
    let (server, gates) = await Self.server(Self.one)
    let client = try await server.connect()
    try client.call("test.hold", #"{"name":"a"}"#, id: 1)
    try client.call("test.hold", #"{"name":"b"}"#, id: 2)
    for id in [1, 2] {
      // Even a call that may overtake.
      try client.call("ping", id: id)
      let refused = try client.json()
      #expect(refused.code == -32600)
      #expect(refused.reason == "duplicate_id")
      #expect(refused["id"] == .null)
      #expect(refused["error"]?["data"]?["id"]?.integer == Int64(id))
    }
    // The string is another id.
    try client.send(#"{"jsonrpc":"2.0","id":"1","method":"ping"}"#)
    #expect(try client.json()["id"] == "1")
    await onLoop { gates.openAll() }
    #expect(try client.json().result?["name"] == "a")
    #expect(try client.json().result?["name"] == "b")
    #expect(try client.ask("ping", id: 1)["id"] == 1)
    await server.end()
  }

  @Test func `holds the ids of a batch until its array is written`() async throws {
    let (server, gates) = await Self.server()
    let client = try await server.connect()
    try client.send(
      #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":1,"method":"ping"},"#
        + #"{"jsonrpc":"2.0","id":2,"method":"test.hold","params":{"name":"a"}}]"#)
    try client.call("ping", id: 1)
    let refused = try client.json()
    #expect(refused.reason == "duplicate_id")
    await onLoop { gates.open("a") }
    let replies = try client.json().array ?? []
    #expect(replies.count == 3)
    #expect(replies.first?.result != nil)
    #expect(replies.dropFirst().first?.reason == "duplicate_id")
    #expect(replies.dropFirst().first?["id"] == .null)
    #expect(try client.ask("ping", id: 1)["id"] == 1)
    await server.end()
  }

  @Test func `finishes what runs when the daemon is stopping, and takes nothing new`() async throws {
    let (server, gates) = await Self.server()
    let client = try await server.connect()
    try client.call("test.hold", #"{"name":"a"}"#, id: 1)
    try await until("it runs") { gates.arrived == ["a"] }
    await onLoop { server.server.beginStopping() }
    let refused = try client.ask("test.swallow", id: 2)
    #expect(refused.code == 10)
    #expect(refused["error"]?["data"]?["retryable"] == true)
    #expect((refused["error"]?["data"]?["retryMs"]?.integer ?? 0) > 0)
    #expect(try client.ask("ping", id: 3).result != nil)
    let late = try await server.connect()
    #expect(try late.json()["params"]?["reason"] == "stopping")
    try late.waitForEnd()
    await onLoop { gates.open("a") }
    #expect(try client.json().result?["name"] == "a")
    await onLoop { server.server.closeAll(.idleExit, retryMs: nil) }
    #expect(try client.json()["params"] == ["reason": "idle_exit"])
    try client.waitForEnd()
    await server.end()
  }
}
