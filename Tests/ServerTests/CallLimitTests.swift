import Base
import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// How much one connection may have going, and how much it may make the daemon hold.
@Suite(.ownThreads) struct CallLimitTests {
  @Loop static func server(_ limits: Limits = Limits()) -> (TestServer, Gates) {
    let gates = Gates()
    return (TestServer(routes: testRoutes(gates), limits: limits), gates)
  }

  static func hold(_ number: Int) -> String {
    "{\"jsonrpc\":\"2.0\",\"id\":\(number),\"method\":\"test.hold\",\"params\":{\"name\":\"\(number)\"}}\n"
  }

  @Test func `is charged for what its running calls may hold, until they have ended`() async throws {
    let (server, gates) = await Self.server()
    let client = try await server.connect()
    let pad = String(repeating: "x", count: 1 << 20)
    for number in 1...3 {
      try client.call("test.hold", "{\"name\":\"\(number)\",\"pad\":\"\(pad)\"}", id: number)
    }
    try await until("they run") { gates.arrived.count == 3 }
    try await until("they are charged") { server.server.heldBytes >= 3 << 20 }
    await onLoop { gates.open("2") }
    #expect(try client.json()["id"] == 2)
    try await until("one less") { (2 << 20..<3 << 20).contains(server.server.heldBytes) }
    // Taken back is not ended.
    try client.call("call.cancel", #"{"id":1}"#, id: 9)
    #expect(try client.json().reason == "cancelled")
    #expect(try client.json().result?["cancelled"] == true)
    await turns()
    #expect(await server.heldBytes >= 2 << 20)
    await onLoop { gates.openAll() }
    #expect(try client.json()["id"] == 3)
    try await until("nothing held") { server.server.heldBytes == 0 }
    await server.end()
  }

  @Test func `runs 64 calls of a connection at once and the 65th when one has ended`() async throws {
    let (server, gates) = await Self.server()
    let client = try await server.connect()
    try client.send(bytes: Array((1...66).map(Self.hold).joined().utf8))
    try await until("64 run") { gates.arrived.count >= 64 }
    await turns()
    #expect(await onLoop { gates.arrived } == (1...64).map { String($0) })
    // Another connection has places of its own.
    let other = try await server.connect()
    try other.call("test.hold", #"{"name":"other"}"#)
    try await until("the other runs") { gates.arrived.last == "other" }

    await onLoop { gates.open("40") }
    #expect(try client.json()["id"] == 40)
    try await until("the 65th runs") { gates.arrived.last == "65" }
    await turns()
    #expect(await onLoop { gates.arrived.count } == 66)
    await onLoop { gates.openAll() }
    for _ in 0..<65 { #expect(try client.json().result != nil) }
    #expect(await onLoop { gates.arrived.last } == "66")
    await server.end()
  }

  @Test func `stops reading when too much waits and reads on when half of it is gone`() async throws {
    var limits = Limits()
    limits.maxRunningCalls = 1
    limits.maxWaitingBytes = 20_000
    let (server, gates) = await Self.server(limits)
    let (client, raw) = try await server.connectRaw()
    var (number, backlog) = (0, [UInt8]())
    // As much as anybody can push: the daemon's part, then the kernel's.
    var idle = 0
    while idle < 8 {
      if backlog.isEmpty {
        number += 1
        backlog = Array(Self.hold(number).utf8)
      }
      let sent = RawSocket.push(backlog, to: raw)
      backlog.removeFirst(sent)
      idle = sent == 0 ? idle + 1 : 0
      if sent == 0 { await turns(2) }
    }
    let held = await server.heldBytes
    let line = Self.hold(100).utf8.count + 96
    #expect(held >= 20_000)
    // A read takes what there is room for, and short lines are charged for more than their bytes.
    #expect(held <= 20_000 * line / (line - 98) + 4096 * line / (line - 98) + line, "\(held)")

    var last = held
    var released = 0
    while last >= 10_000 {
      released += 1
      await onLoop { [released] in gates.open("\(released)") }
      #expect(try client.json()["id"]?.integer == Int64(released))
      await turns()
      let now = await server.heldBytes
      if last >= 10_000 + line { #expect(now < last, "it read on too early, at \(last)") }
      if now > last { break }
      last = now
    }
    #expect(last < 10_000 + 2 * line)
    try await until("it reads on") { server.server.heldBytes >= 20_000 }
    await onLoop { gates.openAll() }
    await server.end()
  }

  @Test func `stops reading while replies are unread and reads on when half of them is gone`() async throws {
    var limits = Limits()
    limits.maxUnreadBytes = 400_000
    let (server, _) = await Self.server(limits)
    let (client, raw) = try await server.connectRaw()
    try client.call("test.loud", #"{"bytes":1000000}"#, id: 1)
    try await until("the reply is there") { server.server.calls.count == 1 }
    await turns()
    #expect(await server.heldBytes > 400_000)
    try client.call("ping", id: 2)
    var (received, calls) = (0, 1)
    while received < 1_000_000 {
      let before = await server.heldBytes
      received += RawSocket.pull(16_384, from: raw).count
      await turns()
      calls = await onLoop { server.server.calls.count }
      if await server.heldBytes >= 200_000 { #expect(calls == 1, "it read on at \(before)") }
      if await server.heldBytes < 200_000 { #expect(calls == 2, "it reads on at \(before)") }
    }
    await server.end()
  }

  @Test func `holds no more than its limit for a peer that asks and never reads`() async throws {
    var limits = Limits()
    limits.maxUnreadBytes = 200_000
    limits.maxWaitingBytes = 100_000
    let (server, _) = await Self.server(limits)
    let (client, raw) = try await server.connectRaw()
    var (idle, asked, worst) = (0, 0, 0)
    while idle < 8 {
      let ask = Array(
        "{\"jsonrpc\":\"2.0\",\"id\":\(asked + 1),\"method\":\"test.loud\",\"params\":{\"bytes\":20000}}\n"
          .utf8)
      // Whole lines or nothing: a short write would put the next line into this one.
      let sent = RawSocket.push(ask, to: raw)
      if sent == ask.count { asked += 1 } else if sent > 0 { break }
      idle = sent == 0 ? idle + 1 : 0
      if sent == 0 || asked % 50 == 0 { await turns(2) }
      worst = max(worst, await server.heldBytes)
    }
    #expect(worst >= 200_000)
    #expect(worst <= 200_000 + 20_100 + 100_000 + 65_536 * 3, "\(worst)")
    // Reading is all it takes.
    for number in 1...asked { #expect(try client.json()["id"]?.integer == Int64(number)) }
    await server.end()
  }

  @Test func `holds no more for replies that wait in unfinished batches`() async throws {
    var limits = Limits()
    limits.maxUnreadBytes = 200_000
    limits.maxWaitingBytes = 100_000
    let (server, gates) = await Self.server(limits)
    let (client, raw) = try await server.connectRaw()
    var worst = 0
    for number in 1...60 {
      let loud = (1...9).map {
        "{\"jsonrpc\":\"2.0\",\"id\":\(number * 100 + $0),\"method\":\"test.loud\",\"params\":{\"bytes\":10000}}"
      }
      let hold = Self.hold(number * 100).dropLast()
      let line = Array("[\(hold),\(loud.joined(separator: ","))]\n".utf8)
      guard RawSocket.push(line, to: raw) == line.count else { break }
      await turns(2)
      worst = max(worst, await server.heldBytes)
    }
    // One batch may begin under the limit and end over it.
    #expect(worst > 200_000)
    #expect(worst <= 200_000 + 100_000 + 100_000 + 65_536 * 3, "\(worst)")
    await onLoop { gates.openAll() }
    #expect(try client.json().array?.count == 10)
    #expect(try client.json().array?.count == 10)
    await server.end()
  }

  @Test func `refuses an unfinished line when an owner's connections hold too much, and that one alone`()
    async throws
  {
    var limits = Limits()
    limits.maxOwnerBytes = 300_000
    let gates = Gates()
    let server = await TestServer(routes: testRoutes(gates), limits: limits, admission: .everyUser(daemon: 1))
    let first = try await server.connect(as: 1000)
    let second = try await server.connect(as: 1000)
    let stranger = try await server.connect(as: 1001)
    func text(_ count: Int) -> [UInt8] { [UInt8](repeating: UInt8(ascii: "x"), count: count) }
    try first.send(bytes: text(150_000))
    try second.send(bytes: text(149_999))
    try stranger.send(bytes: text(200_000))
    try await until("all is held") { server.server.heldBytes == 499_999 }
    // One under the limit is still well; from the limit on the next piece is too much.
    try second.send(bytes: text(1))
    try await until("the limit is reached") { server.server.heldBytes == 500_000 }
    try second.send(bytes: text(1))
    let refusal = try second.json()
    #expect(refusal.code == 4)
    #expect(refusal["error"]?["data"]?["retryable"] == true)
    #expect(refusal["error"]?["data"]?["limit"] == 300_000)
    #expect(refusal["id"] == .null)
    try await until("its line is given up") { server.server.heldBytes == 350_000 }
    try second.send(bytes: Array("the rest\n".utf8))
    #expect(try second.ask("ping", id: 2)["id"] == 2)
    for client in [first, stranger] {
      try client.send(bytes: [0x0A])
      #expect(try client.json().code == -32700)
    }
    try await until("nothing is held") { server.server.heldBytes == 0 }
    await server.end()
  }

  @Test func `holds no more than an owner's share for many connections that never read`() async throws {
    var limits = Limits()
    limits.maxOwnerBytes = 1_000_000
    let (server, _) = await Self.server(limits)
    var peers: [(client: LineClient, raw: Int32)] = []
    let ask = Array(
      (1...100).map {
        "{\"jsonrpc\":\"2.0\",\"id\":\($0),\"method\":\"test.loud\",\"params\":{\"bytes\":30000}}\n"
      }.joined().utf8)
    for _ in 0..<20 {
      let peer = try await server.connectRaw()
      #expect(RawSocket.push(ask, to: peer.raw) == ask.count)
      peers.append(peer)
      await turns()
    }
    // Each may still have its window and the reply that went over it, and what it asked.
    let share = (64 << 10) + 30_100 + ask.count * 3
    let held = await server.heldBytes
    #expect(held >= 1_000_000)
    #expect(held <= 1_000_000 + (1 << 20) + 20 * share, "\(held)")
    for peer in peers {
      for number in 1...100 { #expect(try peer.client.json()["id"]?.integer == Int64(number)) }
    }
    await server.end()
  }

  @Test func `takes so many connections and tells the next one why not`() async throws {
    var limits = Limits()
    limits.maxConnections = 3
    let (server, _) = await Self.server(limits)
    var clients: [LineClient] = []
    for _ in 0..<3 { clients.append(try await server.connect()) }
    for client in clients { #expect(try client.ask("ping")["id"] == 1) }
    let late = try await server.connect()
    let goodbye = try late.json()
    #expect(goodbye["method"] == "server.closing")
    #expect(goodbye["params"]?["reason"] == "too_many_connections")
    #expect((goodbye["params"]?["retryMs"]?.integer ?? 0) > 0)
    try late.waitForEnd()
    for client in clients { #expect(try client.ask("ping")["id"] == 1) }
    clients[1].close()
    try await until("a place is free") { server.server.connectionCount == 2 }
    let next = try await server.connect()
    #expect(try next.ask("ping")["id"] == 1)
    await server.end()
  }
}
