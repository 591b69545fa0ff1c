import Base
import Engine
import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// Writing through the daemon's own routes: keys, order, and what a reply may follow.
@Suite(.ownThreads) struct KeyTests {
  /// Writes settings under another name, for keys belong to a method.
  enum Rename: TestMethod {
    static let name = "test.rename"
    static let access = MethodAccess.writes
    struct Params: Codable, Sendable { var name: String }
    typealias Result = SettingsSet.Result

    @Loop static var route: Route {
      .writing(Rename.self) { params, keyed, call in
        try call.begin()
        let recorded = try await call.engine.settings.apply(
          SettingsPatch(user: .set(UserPersona(name: params.name))), of: call.identity.owner, ifRevision: nil,
          recording: keyed.recording { SettingsSet.Result(settings: $0) }, origin: call.origin)
        return recorded.map { .init(settings: $0) }
      }
    }
  }

  static func set(_ name: String, key: String? = nil) -> String {
    let key = key.map { ",\"key\":\"\($0)\"" } ?? ""
    return "{\"user\":{\"name\":\"\(name)\"}\(key)}"
  }

  @Test func `gives two connections that use one key at once one effect`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let clients = [try await server.connect(), try await server.connect()]
    for round in 1...20 {
      for client in clients {
        try client.call("settings.set", Self.set("n\(round)", key: "k\(round)"), id: round)
      }
      let replies = try clients.map { try $0.json() }
      #expect(replies.allSatisfy { $0.result?["settings"]?["user"]?["name"]?.string == "n\(round)" })
      #expect(replies.allSatisfy { $0.result?["settings"]?["revision"]?.integer == Int64(round) })
      #expect(replies.count { $0.result?["replayed"] == true } == 1)
    }
    #expect(try clients[0].ask("settings.get").result?["settings"]?["revision"] == 20)
    await server.end()
  }

  @Test func `answers a key with other parameters as a conflict, and with the same as the first time`()
    async throws
  {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    let first = try client.ask("settings.set", Self.set("a", key: "k"))
    #expect(first.result?["replayed"] == nil)
    let other = try client.ask("settings.set", Self.set("b", key: "k"))
    #expect(other.code == 2)
    #expect(other.reason == "conflict")
    // The order of members, `attach` and `wait` are not part of what is compared.
    let again = try client.ask("settings.set", #"{"wait":true,"key":"k","attach":false,"user":{"name":"a"}}"#)
    #expect(again.result?["replayed"] == true)
    #expect(again.result?["settings"] == first.result?["settings"])
    #expect(try client.ask("settings.get").result?["settings"]?["user"]?["name"] == "a")
    await server.end()
  }

  @Test func `keeps the keys of methods and owners apart`() async throws {
    let server = try await TestServer(
      overVaults: Limits(), admission: .everyUser(daemon: 1), adding: [Rename.route])
    let (mine, theirs) = (try await server.connect(as: 1000), try await server.connect(as: 1001))
    #expect(try mine.ask("settings.set", Self.set("a", key: "k")).result?["settings"]?["revision"] == 1)
    #expect(try mine.ask("test.rename", #"{"name":"b","key":"k"}"#).result?["settings"]?["revision"] == 2)
    let stranger = try theirs.ask("settings.set", Self.set("c", key: "k"))
    #expect(stranger.result?["settings"]?["revision"] == 1)
    #expect(stranger.result?["replayed"] == nil)
    await server.end()
  }

  @Test func `takes keys of 1 to 64 bytes`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    for (number, count) in [1, 64].enumerated() {
      let key = String(repeating: "k", count: count)
      #expect(try client.ask("settings.set", Self.set("n\(number)", key: key)).result != nil)
    }
    for key in ["", String(repeating: "k", count: 65)] {
      let refused = try client.ask("settings.set", Self.set("x", key: key))
      #expect(refused.code == -32602)
      #expect(refused["error"]?["data"]?["path"] == "params.key")
    }
    #expect(try client.ask("settings.set", #"{"key":5}"#)["error"]?["data"]?["path"] == "params.key")
    #expect(try client.ask("settings.get").result?["settings"]?["revision"] == 2)
    await server.end()
  }

  @Test func `remembers no failure under a key`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    let refused = try client.ask("settings.set", #"{"user":{"name":"a"},"ifRevision":7,"key":"k"}"#)
    #expect(refused.code == 2)
    #expect(refused["error"]?["data"]?["revision"] == 0)
    let done = try client.ask("settings.set", #"{"user":{"name":"a"},"ifRevision":0,"key":"k"}"#)
    #expect(done.result?["settings"]?["revision"] == 1)
    await server.end()
  }

  @Test func `takes a settings member at its limit and refuses one past it`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    let most = (64 << 10) - #"{"name":"a","overview":""}"#.utf8.count
    func set(_ bytes: Int) -> String {
      "{\"user\":{\"name\":\"a\",\"overview\":\"\(String(repeating: "n", count: bytes))\"}}"
    }
    #expect(try client.ask("settings.set", set(most)).result != nil)
    let refused = try client.ask("settings.set", set(most + 1))
    #expect(refused.code == 7)
    #expect(refused["error"]?["data"]?["limit"] == 65_536)
    await server.end()
  }

  // MARK: Order

  @Test func `writes a reply before the event it causes`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    #expect(try client.ask("events.subscribe", #"{"topics":["settings"]}"#).result != nil)
    for number in 1...50 {
      try client.call("settings.set", Self.set("n\(number)"), id: number)
      #expect(try client.json()["id"]?.integer == Int64(number))
      let event = try client.json()
      #expect(event["method"] == "event")
      #expect(event.topic == "settings.changed")
      #expect(event.eventData?["revision"]?.integer == Int64(number))
    }
    await server.end()
  }

  @Test func `writes a batch's array before the events its calls cause, and lets others hear at once`()
    async throws
  {
    let gates = Gates()
    let server = try await TestServer(overVaults: Limits(), adding: [Hold.route(gates)])
    let (client, listener) = (try await server.connect(), try await server.connect())
    for one in [client, listener] {
      #expect(try one.ask("events.subscribe", #"{"topics":["settings"]}"#).result != nil)
    }
    try client.send(
      "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"settings.set\",\"params\":\(Self.set("a"))},"
        + #"{"jsonrpc":"2.0","id":2,"method":"test.hold","params":{"name":"x"}},"#
        + #"{"jsonrpc":"2.0","method":"settings.set","params":{"reuse":true}}]"#)
    while try listener.json().eventData?["revision"] != 2 {}
    await turns()
    try client.call("ping", id: 3)
    #expect(try client.json()["id"] == 3)
    await onLoop { gates.open("x") }
    #expect(try client.json().array?.map { $0["id"] } == [1, 2])
    // Both changes are told, or the later alone: it is a state.
    var revision: Int64?
    while revision != 2 { revision = try client.json().eventData?["revision"]?.integer }
    await server.end()
  }

  @Test func `carries out 10,000 pipelined writes in order and holds no more than is stated`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let (client, raw) = try await server.connectRaw()
    let count = 10_000
    let lines = (1...count).map {
      "{\"jsonrpc\":\"2.0\",\"id\":\($0),\"method\":\"settings.set\",\"params\":\(Self.set("n\($0)"))}\n"
    }
    let sampler = await HeldBytesSampler(server.server)
    let replies = try RawSocket.exchange(Array(lines.joined().utf8), lines: count, over: raw)
    let most = await sampler.end()
    // The revision tells the order in which they began; replies may pass each other.
    var answered: Set<Int64> = []
    for line in replies {
      let reply = try JSONText.parse(line)
      let id = try #require(reply["id"]?.integer)
      #expect(reply.result?["settings"]?["revision"]?.integer == id)
      answered.insert(id)
    }
    #expect(answered.count == count)
    let stated = (1 << 20) + (1 << 20) + 4 * 65_536 * 3
    #expect(most > 0)
    #expect(most <= stated, "\(most)")
    client.close()
    await server.end()
  }
}

/// Looks once a turn at what the server holds.
@Loop
final class HeldBytesSampler {
  private let server: Server
  private var most = 0
  private var ended = false

  init(_ server: Server) {
    self.server = server
    look()
  }

  private func look() {
    guard !ended else { return }
    most = max(most, server.heldBytes)
    EventLoop.shared.beforeNextWait { self.look() }
  }

  func end() -> Int {
    ended = true
    return most
  }
}
