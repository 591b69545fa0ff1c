import Base
import FoundationEssentials
import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// Two people on one daemon: nothing of one is ever the other's.
@Suite(.ownThreads) struct OwnerTests {
  static func pair(_ limits: Limits = Limits(), adding routes: [Route] = []) async throws
    -> (server: TestServer, mira: LineClient, jon: LineClient)
  {
    let server = try await TestServer(
      overVaults: limits, admission: .everyUser(daemon: 500), adding: routes,
      boot: "01JD7Q2M4X8YV5T3N9C6B1R0ZK")
    return (server, try await server.connect(as: 1000), try await server.connect(as: 1001))
  }

  @Test func `keeps settings, revisions and changes apart`() async throws {
    let (server, mira, jon) = try await Self.pair()
    for number in 1...3 {
      #expect(
        try mira.ask("settings.set", "{\"user\":{\"name\":\"mira\(number)\"}}").result?["settings"]?[
          "revision"]?
          .integer == Int64(number))
    }
    let theirs = try jon.ask("settings.get").result?["settings"]
    #expect(theirs?["user"] == nil)
    #expect(theirs?["revision"] == 0)
    #expect(try jon.ask("settings.set", #"{"user":{"name":"jon"}}"#).result?["settings"]?["revision"] == 1)
    #expect(try mira.ask("settings.get").result?["settings"]?["user"]?["name"] == "mira3")
    #expect(try mira.ask("sync.changes", #"{"since":0}"#).result?["latest"] == 3)
    #expect(try jon.ask("sync.changes", #"{"since":0}"#).result?["latest"] == 1)
    // And on the disk: a folder each.
    let folders = try FileManager.default.contentsOfDirectory(atPath: server.folder + "/data").sorted()
    #expect(folders.filter { UInt32($0) != nil } == ["1000", "1001"])
    await server.end()
  }

  @Test func `tells nobody of another's events, live or replayed`() async throws {
    let (server, mira, jon) = try await Self.pair()
    for client in [mira, jon] {
      #expect(try client.ask("events.subscribe", #"{"topics":[""]}"#).result != nil)
    }
    for number in 1...5 {
      #expect(try mira.ask("settings.set", "{\"user\":{\"name\":\"m\(number)\"}}").result != nil)
      let event = try mira.json()
      #expect(event.seq == Int64(number))
      #expect(event.eventData?["settings"]?["user"]?["name"]?.string == "m\(number)")
    }
    #expect(try jon.ask("settings.set", #"{"user":{"name":"j"}}"#).result != nil)
    // Their own first event has their own first number.
    let event = try jon.json()
    #expect(event.seq == 1)
    #expect(event.eventData?["settings"]?["user"]?["name"] == "j")

    let again = try await server.connect(as: 1001)
    let since = #"{"topics":[""],"since":{"boot":"01JD7Q2M4X8YV5T3N9C6B1R0ZK","seq":0}}"#
    #expect(try again.ask("events.subscribe", since).result?["seq"] == 1)
    #expect(try again.json().eventData?["settings"]?["user"]?["name"] == "j")
    #expect(try again.ask("ping")["id"] == 1)
    #expect(try mira.ask("ping")["id"] == 1)
    await server.end()
  }

  @Test func `keeps uploads and large results to their owner`() async throws {
    var limits = Limits()
    limits.maxLineBytes = 20_000
    let (server, mira, jon) = try await Self.pair(limits, adding: [await Large.route])
    let upload = try #require(try mira.ask("upload.begin", #"{"bytes":5}"#).result?["upload"]?.string)
    let write = "{\"upload\":\"\(upload)\",\"offset\":0,\"data\":\"aGVsbG8=\"}"
    let refused = try jon.ask("upload.write", write)
    #expect(refused.code == 1)
    #expect(try mira.ask("upload.write", write).result?["complete"] == true)

    let download = try #require(try mira.ask("test.large", #"{"bytes":30000}"#).result?["download"]?.string)
    let read = "{\"download\":\"\(download)\",\"offset\":30000}"
    // The same words as for a name that never was.
    let stranger = try jon.ask("download.read", read)
    #expect(stranger.code == 1)
    #expect(stranger["error"]?["data"]?["kind"] == "download")
    #expect(try mira.ask("download.read", read).result?["data"] != nil)
    await server.end()
  }

  @Test func `finds no call of another's to cancel`() async throws {
    let gates = Gates()
    let (server, mira, jon) = try await Self.pair(adding: [await Hold.route(gates)])
    try mira.call("test.hold", #"{"name":"m"}"#, id: 7)
    try await until("it runs") { gates.arrived == ["m"] }
    #expect(try jon.ask("call.cancel", #"{"id":7}"#).result?["cancelled"] == false)
    #expect(try jon.ask("events.unsubscribe", #"{"subscription":"s1"}"#).code == 1)
    await onLoop { gates.open("m") }
    #expect(try mira.json().result?["name"] == "m")
    await server.end()
  }
}
