import Base
import FoundationEssentials
import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// Things in pieces, through the daemon's own routes.
@Suite(.ownThreads) struct TransferTests {
  static func write(_ upload: String, _ offset: Int, _ bytes: [UInt8]) -> String {
    "{\"upload\":\"\(upload)\",\"offset\":\(offset),\"data\":\"\(encodeBase64(bytes))\"}"
  }

  @Test func `takes an upload of the largest size and refuses one byte more`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    let begun = try client.ask("upload.begin", "{\"bytes\":\(256 << 20)}").result
    #expect(begun?["pieceBytes"] == 524_288)
    let refused = try client.ask("upload.begin", "{\"bytes\":\((256 << 20) + 1)}")
    #expect(refused.code == 7)
    #expect(refused["error"]?["data"]?["limit"] == .integer(256 << 20))
    #expect(try client.ask("upload.begin", #"{"bytes":0}"#).code == -32602)
    await server.end()
  }

  @Test func `takes a piece of 512 KiB and refuses one byte more`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    let upload = try #require(
      try client.ask("upload.begin", #"{"bytes":2000000}"#).result?["upload"]?.string)
    let piece = (0..<524_288).map { UInt8(truncatingIfNeeded: $0) }
    let written = try client.ask("upload.write", Self.write(upload, 0, piece)).result
    #expect(written?["received"] == 524_288)
    #expect(written?["complete"] == false)
    let refused = try client.ask("upload.write", Self.write(upload, 524_288, piece + [1]))
    #expect(refused.code == 7)
    #expect(refused["error"]?["data"]?["limit"] == 524_288)
    await server.end()
  }

  @Test func `takes 16 uploads of an owner at a time, over all connections, and refuses the 17th`()
    async throws
  {
    let server = try await TestServer(overVaults: Limits(), admission: .everyUser(daemon: 1))
    let clients = [try await server.connect(as: 1000), try await server.connect(as: 1000)]
    for number in 0..<16 {
      #expect(try clients[number % 2].ask("upload.begin", #"{"bytes":5}"#).result != nil)
    }
    let refused = try clients[0].ask("upload.begin", #"{"bytes":5}"#)
    #expect(refused.code == 4)
    #expect(refused["error"]?["data"]?["retryable"] == true)
    let stranger = try await server.connect(as: 1001)
    #expect(try stranger.ask("upload.begin", #"{"bytes":5}"#).result != nil)
    await server.end()
  }

  @Test func `says what a piece in the wrong place should be`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    let upload = try #require(try client.ask("upload.begin", #"{"bytes":6}"#).result?["upload"]?.string)
    #expect(try client.ask("upload.write", Self.write(upload, 0, [1, 2, 3])).result?["received"] == 3)
    // The same again is what a client does that lost the reply.
    #expect(try client.ask("upload.write", Self.write(upload, 0, [1, 2, 3])).result?["received"] == 3)
    for params in [Self.write(upload, 4, [9]), Self.write(upload, 0, [1, 9])] {
      let conflict = try client.ask("upload.write", params)
      #expect(conflict.code == 2)
      #expect(conflict["error"]?["data"]?["received"] == 3)
    }
    #expect(try client.ask("upload.write", Self.write(upload, 3, [4, 5, 6, 7])).code == 7)
    let last = try client.ask("upload.write", Self.write(upload, 3, [4, 5, 6])).result
    #expect(last?["complete"] == true)
    #expect(try client.ask("upload.write", Self.write("nothing", 0, [1])).code == 1)
    #expect(try client.ask("upload.write", #"{"upload":"x","offset":0,"data":"*"}"#).code == -32602)
    await server.end()
  }

  @Test func `begins no upload when the call for it was cancelled first`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let client = try await server.connect()
    // The places stay free, whichever came first.
    for _ in 0..<40 {
      try client.send(
        bytes: Array(
          ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"upload.begin\",\"params\":{\"bytes\":5}}\n"
            + "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"call.cancel\",\"params\":{\"id\":1}}\n").utf8))
      let replies = [try client.json(), try client.json()]
      let begun = replies.first { $0["id"] == 1 }
      let cancel = replies.first { $0["id"] == 2 }
      #expect(cancel?.result?["cancelled"] == .bool(begun?.code == 9))
      try await until("the handler has ended") { server.server.runningCalls == 0 }
      let files = try FileManager.default.contentsOfDirectory(atPath: server.folder + "/data")
      guard files.contains("uploads") else { continue }
      let uploads = try FileManager.default.contentsOfDirectory(atPath: server.folder + "/data/uploads")
      if begun?.code == 9 { #expect(uploads.isEmpty) } else { break }
    }
    await server.end()
  }

  // MARK: Large results

  @Test func `keeps large results for their owner, the newest of them, until they have been read`()
    async throws
  {
    var limits = Limits()
    limits.maxLineBytes = 60_000
    limits.uploadPieceBytes = 40_000
    limits.maxUploads = 4
    let server = await TestServer(
      routes: testRoutes(Gates()), limits: limits, admission: .everyUser(daemon: 1))
    let (mine, theirs) = (try await server.connect(as: 1000), try await server.connect(as: 1001))
    var names: [String] = []
    for _ in 0..<4 {
      names.append(
        try #require(try mine.ask("test.large", #"{"bytes":70000}"#).result?["download"]?.string))
    }
    func read(_ name: String, _ client: LineClient, at offset: Int = 0) throws -> JSONValue {
      try client.ask("download.read", "{\"download\":\"\(name)\",\"offset\":\(offset)}")
    }
    // Nobody has read any: a fifth is refused, and another owner's is not.
    #expect(try mine.ask("test.large", #"{"bytes":70000}"#).code == 7)
    #expect(try theirs.ask("test.large", #"{"bytes":70000}"#).result?["download"] != nil)
    #expect(try read(names[1], theirs).code == 1)
    // What was read to its end gives way, what was not stays.
    #expect(try read(names[0], mine).result?["next"] == 40_000)
    for name in names[1...2] {
      #expect(try read(name, mine, at: 40_000).result?["data"] != nil)
      #expect(try read(name, mine, at: 40_000).result?["next"] == nil)
    }
    #expect(try mine.ask("test.large", #"{"bytes":70000}"#).result?["download"] != nil)
    #expect(try read(names[1], mine).code == 1)
    for name in [names[0], names[2], names[3]] { #expect(try read(name, mine).result != nil) }
    await server.end()
  }
}
