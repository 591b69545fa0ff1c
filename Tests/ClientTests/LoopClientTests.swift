import Base
import Client
import FoundationEssentials
import Model
import Posix
import TestSupport
import Testing
import Wire

/// The driver on the event loop, paced by a clock that the test moves.
@Suite struct LoopClientTests {
  let folder: TemporaryFolder
  let clock = ManualClock()
  var path: String { folder.file("s") }

  init() throws {
    folder = try TemporaryFolder()
    Loop.start()
  }

  /// News as a stream, so that a test can wait for each. Without reconnection a script that fails is a failure, not a wait.
  @Loop func client(
    _ reconnect: ReconnectPolicy = .never
  ) -> (LoopClient, AsyncStream<News>) {
    let (stream, continuation) = AsyncStream.makeStream(of: News.self, bufferingPolicy: .bufferingNewest(100))
    let client = LoopClient(
      path: path, options: ClientOptions(name: "tests", reconnect: reconnect), clock: clock
    ) { news in
      continuation.yield(news)
    }
    return (client, stream)
  }

  @Loop func first(of news: AsyncStream<News>) async -> News? {
    for await item in news { return item }
    return nil
  }

  @Test @Loop func `calls, hears events and closes`() async throws {
    let daemon = try FakeDaemon(at: path) { line, _ in
      try line.greet()
      try line.answer(
        try line.expect("events.subscribe"),
        "{\"boot\":\"boot-1\",\"change\":1,\"missed\":false,\"seq\":0,\"subscription\":\"s\"}")
      try line.answer(try line.expect("ping"), "{}")
      try line.event(1, "settings.changed")
      try line.waitForEnd()
    }
    let (client, news) = client()
    client.start()
    let token = client.subscribe(Interest(topics: [""]))
    _ = try await client.call(Ping.self, Empty())
    var heard: [String] = []
    for await item in news {
      switch item {
      case .ready: heard.append("ready")
      case .subscribed(token, _): heard.append("subscribed")
      case .event(let event): heard.append(event.topic)
      default: heard.append("?")
      }
      if heard.count == 3 { break }
    }
    #expect(heard == ["ready", "subscribed", "settings.changed"])
    client.close()
    await #expect(throws: ClientError.closed) { try await client.call(Ping.self, Empty()) }
    try daemon.check()
  }

  @Test @Loop func `waits for a daemon with the contract's pauses and not a moment longer`() async throws {
    let (client, news) = client(.patient)
    client.start()
    var pauses: [Int64] = []
    for _ in 0..<7 {
      await clock.waitForSleepers()
      pauses.append(clock.advanceToNext()?.wholeMilliseconds ?? -1)
    }
    #expect(pauses == [50, 100, 200, 400, 800, 1600, 2000])
    await clock.waitForSleepers()
    let daemon = try FakeDaemon(at: path) { line, _ in
      try line.greet()
      try line.waitForEnd()
    }
    clock.advanceToNext()
    guard case .ready? = await first(of: news) else {
      Issue.record("not ready")
      return
    }
    client.close()
    try daemon.check()
  }

  @Test @Loop func `a call without a reply times out by the clock`() async throws {
    let daemon = try FakeDaemon(at: path) { line, _ in
      try line.greet()
      _ = try line.expect("ping")
      _ = try line.expect("call.cancel")
      try line.waitForEnd()
    }
    let clock = clock
    let (client, _) = client()
    client.start()
    async let outcome = #expect(throws: ClientError.timedOut(.seconds(5))) {
      try await client.call(Ping.self, Empty(), timeout: .seconds(5))
    }
    await clock.waitForSleepers()
    clock.advance(by: .milliseconds(4999))
    #expect(clock.sleepers == 1)
    clock.advance(by: .milliseconds(1))
    _ = await outcome
    client.close()
    try daemon.check()
  }

  @Test @Loop func `cancelling the task cancels the call`() async throws {
    let daemon = try FakeDaemon(at: path) { line, _ in
      try line.greet()
      let call = try line.expect("ping")
      let cancel = try line.expect("call.cancel")
      try line.answer(cancel, "{\"cancelled\":true}")
      try line.refuse(call, "{\"code\":9,\"message\":\"Cancelled.\",\"data\":{\"reason\":\"cancelled\"}}")
      try line.waitForEnd()
    }
    let (client, news) = client()
    client.start()
    _ = await first(of: news)
    let task = Task { @Loop in
      do throws(ClientError) {
        _ = try await client.call(Ping.self, Empty())
        return "done"
      } catch {
        if case .daemon(let refusal) = error { return refusal.reason } else { return "\(error)" }
      }
    }
    task.cancel()
    #expect(await task.value == "cancelled")
    client.close()
    try daemon.check()
  }

  @Test @Loop func `a request larger than the socket takes is sent as it drains`() async throws {
    let text = String(repeating: "x", count: 600 << 10)
    let daemon = try FakeDaemon(at: path) { line, _ in
      try line.greet()
      let call = try line.expect("echo")
      try line.answer(call, "{\"bytes\":\(call["params"]?["text"]?.string?.utf8.count ?? 0)}")
      try line.waitForEnd()
    }
    let (client, _) = client()
    client.start()
    let reply = try await client.call(
      try CallRequest(method: "echo", params: Data("{\"text\":\"\(text)\"}".utf8)))
    #expect(String(decoding: reply.json, as: UTF8.self) == "{\"bytes\":\(600 << 10)}")
    client.close()
    try daemon.check()
  }

  @Test @Loop func `uploads from a source that is read piece by piece`() async throws {
    let daemon = try FakeDaemon(at: path) { line, _ in
      try line.greet()
      try line.answer(
        try line.expect("upload.begin"),
        "{\"expiresAt\":\"2026-01-01T00:00:00.000Z\",\"pieceBytes\":4,\"upload\":\"u\"}")
      for end in [4, 8, 9] {
        try line.answer(
          try line.expect("upload.write"), "{\"complete\":\(end == 9),\"received\":\(end)}")
      }
      try line.waitForEnd()
    }
    let (client, _) = client()
    client.start()
    var asked: [Int64] = []
    let upload = try await client.upload(bytes: 9) { from, to in
      asked += [from, to]
      return Data(repeating: 0x61, count: Int(to - from))
    }
    #expect(upload == "u")
    #expect(asked == [0, 4, 4, 8, 8, 9])
    client.close()
    try daemon.check()
  }

  @Test @Loop func `closing from within the news is safe`() async throws {
    let daemon = try FakeDaemon(at: path) { line, _ in
      try line.greet()
      try line.waitForEnd()
    }
    let (ended, continuation) = AsyncStream.makeStream(of: String.self)
    var client: LoopClient?
    client = LoopClient(path: path, options: ClientOptions(name: "tests"), clock: clock) { news in
      switch news {
      case .ready: client?.close()
      case .closed(let error):
        continuation.yield(error.description)
        continuation.finish()
      default: continuation.yield("?")
      }
    }
    client?.start()
    var heard: [String] = []
    for await item in ended { heard.append(item) }
    #expect(heard == [ClientError.closed.description])
    try daemon.check()
  }
}
