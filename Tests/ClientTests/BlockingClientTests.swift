import Client
import FoundationEssentials
import Model
import TestSupport
import Testing
import Wire

/// The blocking driver against a daemon of the test's own making, over a real socket.
@Suite struct BlockingClientTests {
  let folder: TemporaryFolder
  var path: String { folder.file("s") }

  init() throws { folder = try TemporaryFolder() }

  func client(
    _ reconnect: ReconnectPolicy = ReconnectPolicy(firstDelay: .milliseconds(1)),
    _ change: (inout ClientOptions) -> Void = { _ in }
  ) -> BlockingClient {
    var options = ClientOptions(name: "tests", reconnect: reconnect)
    change(&options)
    return BlockingClient(path: path, options: options)
  }

  let settings = "{\"settings\":{\"change\":2,\"reuse\":true,\"revision\":1}}"

  @Test func `calls and gets the result`() throws {
    let settings = settings
    let daemon = try FakeDaemon(at: path) { line, _ in
      try line.greet()
      try line.answer(try line.expect("settings.get"), settings)
      try line.waitForEnd()
    }
    let client = client()
    #expect(try client.connect(timeout: LineClient.patience).boot == "boot-1")
    #expect(try client.call(SettingsGet.self, timeout: LineClient.patience).settings.revision == 1)
    client.close()
    try daemon.check()
  }

  @Test func `nobody there is an error that names the path`() {
    #expect {
      try client().call(Ping.self, timeout: LineClient.patience)
    } throws: { error in
      guard case ClientError.unreachable(let failure) = error else { return false }
      return failure.path == path && failure.isTransient
    }
  }

  @Test func `several calls travel at once and are answered in any order`() throws {
    let daemon = try FakeDaemon(at: path) { line, _ in
      try line.greet()
      let calls = try (1...3).map { _ in try line.expect("echo") }
      for call in calls.reversed() { try line.answer(call, "{\"n\":\(call["params"]?["n"]?.integer ?? 0)}") }
      try line.waitForEnd()
    }
    let client = client()
    let tokens = try (1...3).map { number in
      client.send(try CallRequest(method: "echo", params: Data("{\"n\":\(number)}".utf8)))
    }
    for (index, token) in tokens.enumerated() {
      let reply = try client.reply(to: token, timeout: LineClient.patience)
      #expect(String(decoding: reply.json, as: UTF8.self) == "{\"n\":\(index + 1)}")
    }
    client.close()
    try daemon.check()
  }

  @Test func `a call survives a daemon that goes away in the middle of its reply`() throws {
    let settings = settings
    let daemon = try FakeDaemon(at: path, connections: 2) { line, number in
      try line.greet(boot: "boot-\(number)")
      let call = try line.expect("settings.set")
      if number == 1 {
        try line.send(bytes: Array("{\"id\":".utf8))
      } else {
        try line.answer(call, settings)
        try line.waitForEnd()
      }
    }
    let client = client()
    let result = try client.call(
      SettingsSet.self, SettingsSet.Params(reuse: true), key: "k", timeout: LineClient.patience)
    #expect(result.settings.reuse)
    #expect(daemon.connections == 2)
    client.close()
    try daemon.check()
  }

  @Test func `a daemon that left while nothing was asked is noticed before the next call`() throws {
    let daemon = try FakeDaemon(at: path, connections: 2) { line, number in
      try line.greet(boot: "boot-\(number)")
      try line.answer(try line.expect("once"), "{}")
      if number == 1 {
        try line.send(
          "{\"jsonrpc\":\"2.0\",\"method\":\"server.closing\",\"params\":{\"reason\":\"idle_exit\"}}")
      } else {
        try line.waitForEnd()
      }
    }
    let client = client()
    // A method that may not be sent twice: only an unused connection may carry it.
    let request = try CallRequest(method: "once", params: nil)
    _ = try client.call(request, timeout: LineClient.patience)
    while daemon.connections == 1 {
      if case .lost? = try client.nextNews(timeout: LineClient.patience) { break }
    }
    _ = try client.call(request, timeout: LineClient.patience)
    client.close()
    try daemon.check()
  }

  @Test func `a call that takes too long is taken back`() throws {
    let daemon = try FakeDaemon(at: path) { line, _ in
      try line.greet()
      let slow = try line.expect("slow")
      let cancel = try line.expect("call.cancel")
      guard cancel["params"]?["id"] == slow["id"] else { throw LineClient.Failure.unexpected("\(cancel)") }
      try line.answer(cancel, "{\"cancelled\":false}")
      try line.answer(slow, "{}")
      try line.answer(try line.expect("ping"), "{}")
      try line.waitForEnd()
    }
    let client = client()
    try client.connect(timeout: LineClient.patience)
    #expect(throws: ClientError.timedOut(.milliseconds(20))) {
      try client.call(try CallRequest(method: "slow", params: nil), timeout: .milliseconds(20))
    }
    _ = try client.call(Ping.self, timeout: LineClient.patience)
    client.close()
    try daemon.check()
  }

  @Test func `garbage is an error and not a hang`() throws {
    let daemon = try FakeDaemon(at: path) { line, _ in
      try line.send(bytes: [0, 1, 2, 255, 10])
      try line.waitForEnd()
    }
    #expect {
      try client().call(Ping.self, timeout: LineClient.patience)
    } throws: { error in
      if case ClientError.fault(.unreadable) = error { true } else { false }
    }
    // The script only throws when the client did not hang up.
    _ = daemon
  }

  @Test func `a line that never ends is an error at the limit`() throws {
    let daemon = try FakeDaemon(at: path) { line, _ in
      try line.greet()
      try line.send(bytes: [UInt8](repeating: 0x61, count: 200_000))
      try line.waitForEnd()
    }
    let client = client { $0.maxLineBytes = 100_000 }
    #expect(throws: ClientError.fault(.lineTooLong(limit: 100_000))) {
      try client.call(Ping.self, timeout: LineClient.patience)
    }
    _ = daemon
  }

  @Test func `large results and large requests pass through small socket buffers`() throws {
    let text = String(repeating: "x", count: 600 << 10)
    let daemon = try FakeDaemon(at: path) { line, _ in
      try line.greet()
      let call = try line.expect("echo")
      try line.answer(call, "{\"text\":\"\(call["params"]?["text"]?.string ?? "")\"}")
      try line.waitForEnd()
    }
    let client = client()
    let request = try CallRequest(method: "echo", params: Data("{\"text\":\"\(text)\"}".utf8))
    let reply = try client.call(request, timeout: LineClient.patience)
    #expect(reply.json.count == text.utf8.count + 11)
    client.close()
    try daemon.check()
  }

  @Test func `events come in order while calls are made, and go on over a restart`() throws {
    let daemon = try FakeDaemon(at: path, connections: 2) { line, number in
      try line.greet()
      let call = try line.expect("events.subscribe")
      if number == 2, call["params"]?["since"]?["seq"] != 2 { throw LineClient.Failure.unexpected("\(call)") }
      try line.answer(
        call, "{\"boot\":\"boot-1\",\"change\":1,\"missed\":false,\"seq\":\(number),\"subscription\":\"s\"}")
      if number == 1 {
        try line.event(2, "settings.changed")
        try line.answer(try line.expect("ping"), "{}")
      } else {
        try line.event(3, "settings.changed")
        try line.waitForEnd()
      }
    }
    let client = client()
    let token = client.subscribe(Interest(topics: ["settings"]))
    _ = try client.call(Ping.self, timeout: LineClient.patience)
    var heard: [String] = []
    while heard.last != "event 3" {
      guard let news = try client.nextNews(timeout: LineClient.patience) else { break }
      switch news {
      case .ready(_, let restarted): heard.append("ready \(String(describing: restarted))")
      case .subscribed(token, _): heard.append("subscribed")
      case .event(let event): heard.append("event \(event.seq)")
      case .lost: heard.append("lost")
      default: heard.append("?")
      }
    }
    #expect(
      heard == ["ready nil", "subscribed", "event 2", "lost", "ready Optional(false)", "event 3"])
    client.close()
    try daemon.check()
  }

  @Test(arguments: [(8, 0), (9, 1)])
  func `holds so many events that nobody fetches and then asks what changed`(sent: Int, syncs: Int) throws {
    let daemon = try FakeDaemon(at: path) { line, _ in
      try line.greet()
      try line.answer(
        try line.expect("events.subscribe"),
        "{\"boot\":\"boot-1\",\"change\":1,\"missed\":false,\"seq\":0,\"subscription\":\"s\"}")
      for seq in 1...sent { try line.event(seq, "settings.changed") }
      try line.answer(try line.expect("ping"), "{}")
      for _ in 0..<syncs {
        try line.answer(
          try line.expect("sync.changes"),
          "{\"items\":[{\"change\":9,\"id\":\"a\",\"kind\":\"settings\"}],\"latest\":9}")
      }
      try line.waitForEnd()
    }
    // Two of them are `.ready` and `.subscribed`.
    let client = client { $0.maxHeldNews = 10 }
    _ = client.subscribe(Interest(topics: [""]))
    _ = try client.call(Ping.self, timeout: LineClient.patience)
    var events = 0
    var changes = 0
    var missed = 0
    while let news = try client.nextNews(timeout: syncs > changes ? LineClient.patience : .zero) {
      switch news {
      case .event: events += 1
      case .missed: missed += 1
      case .changes(let items, _): changes += items.count
      default: break
      }
    }
    #expect(missed == syncs)
    #expect(changes == syncs)
    #expect(syncs == 0 ? events == 8 : events < 9)
    client.close()
    try daemon.check()
  }

  @Test func `uploads in pieces, and again from the beginning after a restart`() throws {
    let daemon = try FakeDaemon(at: path, connections: 2) { line, number in
      try line.greet(boot: "boot-\(number)")
      if number == 2 {
        try line.refuse(
          try line.expect("upload.write"),
          String(decoding: RPCError.notFound(kind: "upload", id: "u1").encoded, as: UTF8.self))
      }
      try line.answer(
        try line.expect("upload.begin"),
        "{\"expiresAt\":\"2026-01-01T00:00:00.000Z\",\"pieceBytes\":4,\"upload\":\"u\(number)\"}")
      var received = Data()
      for _ in 0..<(number == 1 ? 1 : 3) {
        let piece = try line.expect("upload.write")
        guard piece["params"]?["offset"]?.integer == Int64(received.count) else {
          throw LineClient.Failure.unexpected("\(piece)")
        }
        received += Data(base64Encoded: piece["params"]?["data"]?.string ?? "") ?? Data()
        try line.answer(piece, "{\"complete\":\(received.count == 10),\"received\":\(received.count)}")
      }
      if number == 1 {
        _ = try line.expect("upload.write")
      } else {
        guard received == Data("0123456789".utf8) else { throw LineClient.Failure.unexpected("\(received)") }
        try line.waitForEnd()
      }
    }
    let client = client()
    #expect(try client.upload(Data("0123456789".utf8), timeout: LineClient.patience) == "u2")
    client.close()
    try daemon.check()
  }
}
