import Base
import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// Bytes as they may come, and what becomes of a connection when one side stops.
@Suite(.ownThreads) struct FramingTests {
  static let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
  static let pong = #"{"id":1,"jsonrpc":"2.0","result":{}}"#

  @Loop static func server(_ limits: Limits = Limits()) -> (TestServer, Gates) {
    let gates = Gates()
    return (TestServer(routes: testRoutes(gates), limits: limits), gates)
  }

  @Test func `puts a request together from single bytes`() async throws {
    let (server, _) = await Self.server()
    let client = try await server.connect()
    for byte in Array((Self.ping + "\n").utf8) {
      try client.send(bytes: [byte])
      await turns(2)
    }
    #expect(try client.line() == Self.pong)
    #expect(await server.heldBytes == 0)
    await server.end()
  }

  @Test func `answers many requests of one write in their order`() async throws {
    let (server, _) = await Self.server()
    let client = try await server.connect()
    let all = (0..<2000).map { "{\"jsonrpc\":\"2.0\",\"id\":\($0),\"method\":\"ping\"}\n" }.joined()
    try client.send(bytes: Array(all.utf8))
    for number in 0..<2000 { #expect(try client.line().hasPrefix("{\"id\":\(number),")) }
    await server.end()
  }

  @Test func `takes CRLF and ignores blank lines`() async throws {
    let (server, _) = await Self.server()
    let client = try await server.connect()
    try client.send(bytes: Array("\n\r\n  \t \n\(Self.ping)\r\n\n".utf8))
    #expect(try client.line() == Self.pong)
    try client.send(Self.ping)
    #expect(try client.line() == Self.pong)
    await server.end()
  }

  @Test func `answers a last request that has no newline, then closes`() async throws {
    let (server, _) = await Self.server()
    let client = try await server.connect()
    try client.send(bytes: Array(Self.ping.utf8))
    client.halfClose()
    #expect(try client.line() == Self.pong)
    try client.waitForEnd()
    await server.end()
  }

  static let notJSON: [[UInt8]] = [
    Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"p".utf8) + [0xFF] + Array("ng\"}".utf8),
    Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":\"".utf8) + [0xC0, 0x80]
      + Array("\"}}".utf8),
    Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":NaN}}".utf8),
    Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":Infinity}}".utf8),
    Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}".utf8),
    Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"m\\u0065thod\":\"test.loud\"}".utf8),
    Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{},\"params\":{}}".utf8),
    [0xEF, 0xBB, 0xBF] + Array(ping.utf8),
    Array("\(ping) x".utf8), Array("\(ping)\(ping)".utf8), Array("{".utf8), Array("]".utf8),
    Array("nul".utf8),
    [0], Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"pi".utf8) + [0x01] + Array("ng\"}".utf8),
    Array("{\"jsonrpc\":\"2.0\",\"id\":01,\"method\":\"ping\"}".utf8),
  ]

  @Test func `calls what is no JSON a parse error and reads on`() async throws {
    let (server, _) = await Self.server()
    let client = try await server.connect()
    for line in Self.notJSON {
      try client.send(bytes: line + [0x0A])
      let reply = try client.json()
      #expect(reply.code == -32700, "\(String(decoding: line, as: UTF8.self))")
      #expect(reply["id"] == .null)
      #expect(reply.reason == "parse_error")
      try client.send(Self.ping)
      #expect(try client.line() == Self.pong)
    }
    await server.end()
  }

  static let noRequests = [
    "1", "\"ping\"", "null", "{}", #"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, #"{"id":1,"method":"ping"}"#,
    #"{"jsonrpc":"2.0","id":1}"#, #"{"jsonrpc":"2.0","id":1,"method":["ping"]}"#,
    #"{"jsonrpc":"2.0","id":1,"method":"ping","params":3}"#,
    #"{"jsonrpc":"2.0","id":1,"method":"ping","params":null}"#, #"{"jsonrpc":"2.0","id":1,"result":{}}"#,
    #"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}}"#,
  ]

  @Test(arguments: noRequests) func `calls JSON that is no request an invalid request and reads on`(
    _ line: String
  )
    async throws
  {
    let (server, _) = await Self.server()
    let client = try await server.connect()
    try client.send(line)
    #expect(try client.json().code == -32600)
    #expect(try client.ask("ping")["id"] == 1)
    await server.end()
  }

  @Test func `names the parameter that has the wrong type, and ignores unknown members`() async throws {
    let (server, _) = await Self.server()
    let client = try await server.connect()
    let wrong = try client.ask("test.hold", #"{"name":5}"#)
    #expect(wrong.code == -32602)
    #expect(wrong["error"]?["data"]?["path"] == "params.name")
    #expect(wrong["error"]?["data"]?["expected"] == "string")
    try client.send(
      #"{"jsonrpc":"2.0","id":1,"method":"test.swallow","params":{"text":"ab","more":[1]},"x":{"y":2}}"#)
    #expect(try client.json().result?["bytes"] == 2)
    await server.end()
  }

  @Test func `answers nothing to notifications, whatever becomes of them`() async throws {
    let (server, gates) = await Self.server()
    let client = try await server.connect()
    try client.send(#"{"jsonrpc":"2.0","method":"ping"}"#)
    try client.send(#"{"jsonrpc":"2.0","method":"no.such.method"}"#)
    try client.send(#"{"jsonrpc":"2.0","method":"test.hold","params":{"name":5}}"#)
    try client.send(#"{"jsonrpc":"2.0","method":"test.hold","params":[]}"#)
    try client.send(#"{"jsonrpc":"2.0","method":"test.hold","params":{"name":"quiet"}}"#)
    try client.send(#"[{"jsonrpc":"2.0","method":"ping"},{"jsonrpc":"2.0","method":"ping","params":[]}]"#)
    try await until("the notification runs") { gates.arrived == ["quiet"] }
    await onLoop { gates.open("quiet") }
    #expect(try client.ask("ping", id: 9)["id"] == 9)
    await server.end()
  }

  @Test func `says which method was perhaps meant`() async throws {
    let (server, _) = await Self.server()
    let client = try await server.connect()
    let reply = try client.ask("pink")
    #expect(reply.code == -32601)
    #expect(reply["error"]?["data"]?["method"] == "pink")
    #expect(reply["error"]?["data"]?["didYouMean"] == "ping")
    // Spelt with an escape it is the same name.
    try client.send(#"{"jsonrpc":"2.0","id":1,"method":"\u0070ing"}"#)
    #expect(try client.line() == Self.pong)
    await server.end()
  }

  @Test func `puts a fault of ours into the log under the incident that it answers`() async throws {
    let (server, _) = await Self.server()
    let client = try await server.connect()
    let reply = try client.ask("test.broken")
    #expect(reply.code == -32603)
    let incident = try #require(reply["error"]?["data"]?["incident"]?.string)
    let logged = server.log.records(at: .fault).flatMap(\.fields).filter { $0.name == "incident" }.map(
      \.value)
    #expect(logged == [incident])
    await server.end()
  }

  // MARK: Closing

  @Test func `closes at a half-close when nothing is pending`() async throws {
    let (server, _) = await Self.server()
    let client = try await server.connect()
    client.halfClose()
    try client.waitForEnd()
    #expect(await onLoop { server.server.connectionCount } == 0)
    await server.end()
  }

  @Test func `answers running and waiting calls after a half-close, then closes`() async throws {
    var limits = Limits()
    limits.maxRunningCalls = 1
    let (server, gates) = await Self.server(limits)
    let client = try await server.connect()
    try client.call("test.hold", #"{"name":"first"}"#, id: 1)
    try client.call("test.hold", #"{"name":"second"}"#, id: 2)
    client.halfClose()
    try await until("the first runs") { gates.arrived == ["first"] }
    await turns()
    await onLoop { gates.open("first") }
    #expect(try client.json()["id"] == 1)
    try await until("the second runs") { gates.arrived == ["first", "second"] }
    await onLoop { gates.open("second") }
    #expect(try client.json()["id"] == 2)
    try client.waitForEnd()
    await server.end()
  }

  @Test func `lets a call go on whose peer has left`() async throws {
    let (server, gates) = await Self.server()
    let client = try await server.connect()
    try client.call("test.hold", #"{"name":"left"}"#)
    try await until("it runs") { gates.arrived == ["left"] }
    client.close()
    try await until("the connection is gone") { server.server.connectionCount == 0 }
    #expect(await onLoop { gates.passed } == [])
    await onLoop { gates.open("left") }
    try await until("it went on") { gates.passed == ["left"] }
    #expect(await onLoop { gates.cancelled } == [])
    await server.end()
  }

  @Test func `hears all of a peer that writes and leaves`() async throws {
    let (server, gates) = await Self.server()
    let (client, raw) = try await server.connectRaw()
    let padding = String(repeating: " ", count: 1000)
    let all = (0..<60).map {
      "{\"jsonrpc\":\"2.0\",\"method\":\"test.hold\",\"params\":{\"name\":\"\($0)\"}}\(padding)\n"
    }.joined()
    // One step of the loop, so that the bytes and the end of the connection are there together.
    let sent = await onLoop {
      let sent = RawSocket.push(Array(all.utf8), to: raw)
      return sent
    }
    #expect(sent == all.utf8.count)
    client.close()
    try await until("all of them began") { gates.arrived.count == 60 }
    await onLoop { gates.openAll() }
    await server.end()
  }

  @Test func `says goodbye while it reads the line that asks for it`() async throws {
    let server = try await TestServer(overVaults: Limits())
    let (asking, waiting) = (try await server.connect(), try await server.connect())
    try asking.send(
      bytes: Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server.stop\"}\n{\"jsonrpc\"".utf8))
    #expect(try asking.line() == Self.pong)
    for client in [asking, waiting] {
      let goodbye = try client.json()
      #expect(goodbye["method"] == "server.closing")
      #expect(goodbye["params"]?["reason"] == "stopping")
      #expect(goodbye["params"]?["retryMs"] == 50)
      try client.waitForEnd()
    }
    #expect(await onLoop { server.control.stops } == [nil])
    await server.end()
  }
}
