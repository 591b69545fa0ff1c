import Base
import Glibc
import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// Who is let in, who may call what, and how often a refusal is spoken of.
@Suite(.ownThreads) struct AdmissionTests {
  /// A wall clock that a test sets.
  private final class Time: Sendable {
    private let now = Lock(Timestamp(milliseconds: 1_000_000))
    var clock: WallClock { WallClock { [now] in now.withLock { $0 } } }
    func advance(by duration: Duration) { now.withLock { $0 = $0 + duration } }
  }

  @Test func `lets its own user in and nobody else, root included`() async throws {
    let server = await TestServer(routes: [.ping], admission: .ownUser(1000))
    let own = try await server.connect(as: 1000)
    #expect(try own.ask("ping")["id"] == 1)
    for uid: UInt32 in [0, 1001, 65534] {
      let stranger = try await server.connect(as: uid)
      let goodbye = try stranger.json()
      #expect(goodbye["method"] == "server.closing")
      #expect(goodbye["params"] == ["reason": "forbidden"])
      try stranger.waitForEnd()
    }
    #expect(try own.ask("ping")["id"] == 1)
    await server.end()
  }

  @Test func `gives nobody more than half of a machine's places, and keeps some for administrators`()
    async throws
  {
    var limits = Limits()
    limits.maxConnections = 16
    let server = await TestServer(routes: [.ping], limits: limits, admission: .everyUser(daemon: 500))
    var kept: [LineClient] = []
    func admitted(_ uid: UInt32) async throws -> Bool {
      let client = try await server.connect(as: uid)
      kept.append(client)
      return try client.ask("ping")["id"] == 1
    }
    func refused(_ uid: UInt32) async throws -> Bool {
      let client = try await server.connect(as: uid)
      let reason = try client.json()["params"]?["reason"]
      try client.waitForEnd()
      return reason == "too_many_connections"
    }
    for _ in 1...8 { #expect(try await admitted(1000)) }
    #expect(try await refused(1000))
    for _ in 1...6 { #expect(try await admitted(1001)) }
    #expect(try await refused(1001), "two are the administrators'")
    #expect(try await refused(1002))
    #expect(try await admitted(0))
    #expect(try await admitted(500))
    #expect(try await refused(0))
    #expect(try kept[0].ask("ping")["id"] == 1)
    kept.removeFirst(8)
    try await until("eight have gone") { server.server.connectionCount == 8 }
    #expect(try await admitted(1000))
    await server.end()
  }

  @Test func `a daemon of one person gives that person all places`() async throws {
    var limits = Limits()
    limits.maxConnections = 4
    let server = await TestServer(routes: [.ping], limits: limits)
    var kept: [LineClient] = []
    for _ in 1...4 {
      let client = try await server.connect()
      #expect(try client.ask("ping")["id"] == 1)
      kept.append(client)
    }
    let late = try await server.connect()
    #expect(try late.json()["params"]?["reason"] == "too_many_connections")
    #expect(kept.count == 4)
    await server.end()
  }

  @Test func `takes the peer's word from the kernel`() async throws {
    let server = await TestServer(routes: [.ping], admission: .ownUser(getuid() ^ 1))
    let (ours, theirs) = try UnixSocket.pair()
    await onLoop { server.server.admit(FileDescriptor(adopting: theirs)) }
    let client = LineClient(adopting: ours)
    #expect(try client.json()["params"]?["reason"] == "forbidden")
    await server.end()
  }

  @Test func `lets everybody into a machine's daemon, each as what they are`() async throws {
    let server = try await TestServer(overVaults: Limits(), admission: .everyUser(daemon: 500))
    for (uid, scopes): (UInt32, JSONValue) in [
      (0, ["owner", "admin"]), (500, ["owner", "admin"]), (1000, ["owner"]), (1001, ["owner"]),
    ] {
      let client = try await server.connect(as: uid)
      let identity = try client.ask("hello", "{}").result?["identity"]
      #expect(identity?["uid"] == .integer(Int64(uid)))
      #expect(identity?["scopes"] == scopes)
    }
    await server.end()
  }

  @Test func `answers an admin's methods to nobody else in a machine's daemon`() async throws {
    let server = try await TestServer(overVaults: Limits(), admission: .everyUser(daemon: 500))
    let (person, root) = (try await server.connect(as: 1000), try await server.connect(as: 0))
    let admins = Catalogue.methods.filter { $0.scope == .admin }.map { $0.name }
    // As the contract lists them, of those there are.
    #expect(
      admins.sorted() == [
        "backup.create", "backup.list", "backup.verify", "config.reload", "config.show", "log.level",
        "metrics", "provider.probe", "server.stop", "storage.check",
      ])
    for name in admins {
      let refused = try person.ask(name, "{}")
      #expect(refused.code == 12, "\(name)")
      #expect(refused.reason == "forbidden")
      #expect(refused["error"]?["data"]?["scope"] == "admin")
    }
    for name in admins where name != "server.stop" {
      #expect(try root.ask(name, "{}").result != nil, "\(name)")
    }
    // A notification is refused as well, in silence.
    try person.send(#"{"jsonrpc":"2.0","method":"server.stop"}"#)
    #expect(try person.ask("ping")["id"] == 1)
    #expect(await onLoop { server.control.stops } == [])
    await server.end()
  }

  @Test func `lets the one user of a personal daemon call everything`() async throws {
    let server = try await TestServer(overVaults: Limits(), admission: .ownUser(1000))
    let client = try await server.connect(as: 1000)
    #expect(try client.ask("metrics").result?["text"] != nil)
    await server.end()
  }

  @Test func `speaks of refusals once a minute, and says how many there were`() async throws {
    let time = Time()
    let server = await TestServer(routes: [.ping], admission: .ownUser(1000), wallClock: time.clock)
    func refuse(_ count: Int) async throws {
      for _ in 0..<count { try await server.connect(as: 1001).close() }
    }
    func lines() -> [String] { server.log.records(at: .warning).map(\.message) }
    try await refuse(50)
    #expect(lines().count == 1)
    #expect(lines().first?.contains("1 since") == true)
    time.advance(by: .milliseconds(59_999))
    try await refuse(1)
    #expect(lines().count == 1)
    time.advance(by: .milliseconds(1))
    try await refuse(3)
    #expect(lines().count == 2)
    #expect(lines().last?.contains("51 since") == true)
    // Set back, the clock must not silence it for a year.
    time.advance(by: .seconds(-3600))
    try await refuse(1)
    #expect(lines().count == 3)
    #expect(lines().last?.contains("3 since") == true)
    await server.end()
  }

  @Test func `speaks of the 1,025th connection once, not of each`() async throws {
    var limits = Limits()
    limits.maxConnections = 2
    let time = Time()
    let server = await TestServer(routes: [.ping], limits: limits, wallClock: time.clock)
    let kept = [try await server.connect(), try await server.connect()]
    for _ in 0..<20 {
      let refused = try await server.connect()
      #expect(try refused.json()["params"]?["reason"] == "too_many_connections")
    }
    let lines = server.log.records(at: .warning).map(\.message)
    #expect(lines.count == 1)
    #expect(lines.first?.contains("all 2 places") == true)
    for client in kept { #expect(try client.ask("ping")["id"] == 1) }
    await server.end()
  }
}
