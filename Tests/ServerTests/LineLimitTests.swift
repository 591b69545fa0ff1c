import Base
import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// How long a line may be, and what an id, a batch and a nesting may look like.
@Suite(.ownThreads) struct LineLimitTests {
  @Loop static func server(_ limits: Limits = Limits()) -> TestServer {
    let gates = Gates()
    return TestServer(routes: testRoutes(gates), limits: limits)
  }

  /// A call of exactly so many bytes, and the length of the text in it.
  static func call(bytes: Int, id: Int = 1) -> (line: String, text: Int) {
    let frame = "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"test.swallow\",\"params\":{\"text\":\"\"}}"
    let text = bytes - frame.utf8.count
    precondition(text >= 0)
    return (
      frame.replacing("\"text\":\"\"", with: "\"text\":\"" + String(repeating: "x", count: text) + "\""), text
    )
  }

  @Test(arguments: [2000, 8 << 20]) func `takes a line at the limit and refuses one past it`(_ limit: Int)
    async throws
  {
    var limits = Limits()
    limits.maxLineBytes = limit
    let server = await Self.server(limits)
    let client = try await server.connect()
    let fits = Self.call(bytes: limit)
    try client.send(fits.line)
    #expect(try client.json().result?["bytes"]?.integer == Int64(fits.text))
    // The carriage return is not of the line.
    try client.send(fits.line + "\r")
    #expect(try client.json().result?["bytes"]?.integer == Int64(fits.text))

    try client.send(Self.call(bytes: limit + 1).line)
    let refusal = try client.json()
    #expect(refusal.code == -32600)
    #expect(refusal.reason == "line_too_long")
    #expect(refusal["id"] == .null)
    #expect(refusal["error"]?["data"]?["limit"]?.integer == Int64(limit))
    #expect(try client.ask("ping", id: 7)["id"] == 7)
    await server.end()
  }

  @Test func `answers a far too long line once, before its end, and holds none of it`() async throws {
    var limits = Limits()
    limits.maxLineBytes = 1000
    let server = await Self.server(limits)
    let client = try await server.connect()
    for _ in 0..<50 { try client.send(bytes: [UInt8](repeating: UInt8(ascii: "x"), count: 5000)) }
    #expect(try client.json().reason == "line_too_long")
    try await until("nothing held") { server.server.heldBytes == 0 }
    try client.send(bytes: Array("still the same line\n".utf8))
    #expect(try client.ask("ping", id: 2)["id"] == 2)
    await server.end()
  }

  @Test func `offers a result that does not fit into a line in pieces, or says that it is too large`()
    async throws
  {
    var limits = Limits()
    limits.maxLineBytes = 10_000
    limits.uploadPieceBytes = 4000
    let server = await Self.server(limits)
    let client = try await server.connect()
    // {"text":"…"} has 11 bytes beside the text, and 1,024 are kept for the envelope.
    let most = 10_000 - 1024 - 11
    #expect(try client.ask("test.loud", "{\"bytes\":\(most)}").result?["text"]?.string?.count == most)
    #expect(try client.ask("test.large", "{\"bytes\":\(most)}").result?["text"]?.string?.count == most)
    let refused = try client.ask("test.loud", "{\"bytes\":\(most + 1)}")
    #expect(refused.code == 7)
    #expect(refused["error"]?["data"]?["limit"]?.integer == 10_000)

    let offer = try client.ask("test.large", "{\"bytes\":\(most + 1)}").result
    let name = try #require(offer?["download"]?.string)
    #expect(offer?["bytes"]?.integer == Int64(most + 12))
    var text = ""
    var next: Int64? = 0
    var pieces = 0
    while let offset = next {
      let piece = try client.ask("download.read", "{\"download\":\"\(name)\",\"offset\":\(offset)}").result
      text += String(decoding: try #require(decodeBase64(piece?["data"]?.string ?? "")), as: UTF8.self)
      next = piece?["next"]?.integer
      pieces += 1
    }
    #expect(pieces == 3)
    #expect(text == "{\"text\":\"" + String(repeating: "x", count: most + 1) + "\"}")
    let past = try client.ask("download.read", "{\"download\":\"\(name)\",\"offset\":\(most + 13)}")
    #expect(past.code == -32602)
    #expect(try client.ask("download.read", "{\"download\":\"nothing\",\"offset\":0}").code == 1)
    await server.end()
  }

  @Test func `never writes a batch's replies as a line over the limit`() async throws {
    var limits = Limits()
    limits.maxLineBytes = 600_000
    let server = await Self.server(limits)
    let client = try await server.connect()
    func batch(_ entries: Int, bytes: Int) -> String {
      "["
        + (1...entries).map {
          "{\"jsonrpc\":\"2.0\",\"id\":\($0),\"method\":\"test.loud\",\"params\":{\"bytes\":\(bytes)}}"
        }.joined(separator: ",") + "]"
    }
    try client.send(batch(5, bytes: 100_000))
    #expect(try client.json().array?.allSatisfy { $0.code == nil } == true)
    try client.send(batch(100, bytes: 100_000))
    let line = try client.line()
    #expect(line.utf8.count <= 600_000)
    let replies = try JSONText.parse(line).array ?? []
    #expect(replies.map { $0["id"]?.integer } == (1...100).map { Int64($0) })
    #expect((1...5).contains(replies.count { $0.result != nil }))
    #expect(replies.allSatisfy { $0.result != nil || $0.code == 7 })
    await server.end()
  }

  // MARK: Ids

  static let goodIDs = [
    "\"\"", "\"" + String(repeating: "i", count: 128) + "\"", "\"" + String(repeating: "é", count: 64) + "\"",
    "0",
    "-1", "9007199254740991", "-9007199254740991",
  ]
  static let badIDs = [
    "\"" + String(repeating: "i", count: 129) + "\"", "\"" + String(repeating: "é", count: 64) + "x\"",
    "9007199254740992", "-9007199254740992", "9007199254740993", "18446744073709551617", "1.5", "1.0", "1e3",
    "null", "true", "[]", "{}",
  ]

  @Test func `takes ids of up to 128 bytes and integers of 53 bits, and gives them back as they were`()
    async throws
  {
    let server = await Self.server()
    let client = try await server.connect()
    for id in Self.goodIDs {
      try client.send("{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"ping\"}")
      #expect(try client.line() == "{\"id\":\(id),\"jsonrpc\":\"2.0\",\"result\":{}}")
    }
    for id in Self.badIDs {
      try client.send("{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"ping\"}")
      let reply = try client.json()
      #expect(reply.code == -32600, "\(id)")
      #expect(reply["id"] == .null, "\(id)")
    }
    await server.end()
  }

  // MARK: Nesting

  @Test func `reads 64 levels of nesting and not 65`() async throws {
    let server = await Self.server()
    let client = try await server.connect()
    func nested(_ arrays: Int) -> String {
      let deep = String(repeating: "[", count: arrays) + String(repeating: "]", count: arrays)
      return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test.swallow\",\"params\":{\"deep\":\(deep)}}"
    }
    try client.send(nested(62))
    #expect(try client.json().result != nil)
    try client.send(nested(63))
    let refused = try client.json()
    #expect(refused.code == -32700)
    #expect(refused["id"] == .null)
    // The array of a batch is a level of its own.
    try client.send("[" + nested(61) + "]")
    #expect(try client.json().array?.first?.result != nil)
    try client.send("[" + nested(62) + "]")
    #expect(try client.json().code == -32700)
    #expect(try client.ask("ping", id: 2)["id"] == 2)
    await server.end()
  }

  // MARK: Batches

  @Test func `takes a batch of 1 to 100 entries`() async throws {
    let server = await Self.server()
    let client = try await server.connect()
    func batch(_ count: Int) -> String {
      "["
        + (0..<count).map { "{\"jsonrpc\":\"2.0\",\"id\":\($0),\"method\":\"ping\"}" }.joined(separator: ",")
        + "]"
    }
    for count in [1, 100] {
      try client.send(batch(count))
      #expect(try client.json().array?.map { $0["id"]?.integer } == (0..<count).map { Int64($0) })
    }
    try client.send(batch(101))
    let refused = try client.json()
    #expect(refused.code == -32600)
    #expect(refused.reason == "batch_too_large")
    #expect(refused["error"]?["data"]?["limit"] == 100)
    try client.send(batch(0))
    #expect(try client.json().code == -32600)
    #expect(try client.ask("ping", id: 2)["id"] == 2)
    await server.end()
  }
}
