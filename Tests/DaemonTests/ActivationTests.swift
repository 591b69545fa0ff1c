import Base
import Glibc
import Model
import Posix
import TestSupport
import Testing

extension EndToEnd {
  /// The listening socket comes from outside and outlives the daemon.
  @Suite struct ActivationTests {
    @Test(.enabled(if: tool("systemd-socket-activate") != nil))
    func `the first request starts the daemon and is answered`() throws {
      let folder = try TemporaryFolder()
      let socket = folder.file("s")
      let activator = try ChildProgram(
        try #require(tool("systemd-socket-activate")),
        [
          "-l", socket, "--fdname=rpc", "-E", "HOME=\(folder.path)", ChildProgram.buildFolder + "/companiond",
          "--data", folder.file("data"), "--idle-exit", "1",
        ], environment: ["PATH": "/usr/bin:/bin"])
      try activator.wait { _, err in err.contains("Listening on") }
      #expect(!exists(folder.file("data")), "nothing runs while nobody connects")
      let begin = ContinuousClock.now
      let client = try LineClient(path: socket)
      let status = try client.ask("status").result
      figure(
        "first reply by socket activation: \((ContinuousClock.now - begin).milliseconds.rounded(to: 1)) ms")
      #expect(status?["activated"] == true)
      #expect(status?["socket"]?.string == socket)
      #expect(status?["idleExitMs"] == 1000)
      client.close()
      // The activator becomes the daemon, so its end is the idle exit.
      #expect(try activator.waitForExit() == .exited(0))
      #expect(exists(socket), "the path belongs to whoever made it")
    }

    @Test func `around idle exits nobody is refused and everybody is answered`() async throws {
      let wanted = Extent.of("RACES", share: 100)
      let folder = try TemporaryFolder()
      let listening = try UnixSocket.listen(at: folder.file("s"), mode: 0o600)
      let supervisor = Supervisor(listening, data: folder.file("data"))
      let served = Task { try await supervisor.run() }
      let seed = UInt64.random(in: .min ... .max)
      var random = RandomSource.seeded(seed)
      var answered = 0
      while answered < wanted {
        // The daemon goes one second after its last connection: the next ones come just before, at and after that.
        // The last ones come after it for certain, so that one exit is met however chance fell.
        let isLast = wanted - answered <= 20
        let rest = Duration.microseconds(
          isLast ? 1_300_000 : Int64.random(in: 985_000...1_015_000, using: &random))
        try await Task.sleep(for: rest)
        let clients = try (0..<min(20, wanted - answered)).map { _ in try LineClient(path: folder.file("s")) }
        for client in clients {
          #expect(try client.ask("ping").result == .object([:]), "after \(answered), seed \(seed)")
          answered += 1
        }
      }
      supervisor.finish()
      let endings = try await served.value
      figure("\(answered) connections around \(endings.count) idle exits were all answered")
      #expect(endings.count > 1, "no exit was met, seed \(seed)")
      #expect(endings.allSatisfy { $0 == .exited(0) })
    }

    @Test func `a tail keeps the daemon from its idle exit, until it is over`() async throws {
      let (folder, upstream, gate) = (try TemporaryFolder(), ScriptedUpstream(), Gate())
      defer { upstream.stop() }
      try folder.write(
        """
        { providers: { up: { kind: "openai", url: "\(upstream.url)/v1", models: ["m"] } }, defaults: { chat: "up/m" } }
        """, to: "companiond.json5")
      upstream.answer(.reply(["Hello there."]))
      upstream.answer([.head(), .gate(gate), .piece(#"{\"location\":\"the quay\"}"#)] + .finish())
      let listening = try UnixSocket.listen(at: folder.file("s"), mode: 0o600)
      let more = ["--config", folder.file("companiond.json5")]
      let daemon = try Supervisor.start([listening.descriptor], data: folder.file("data"), more: more)
      let client = try LineClient(path: folder.file("s"))
      _ = try client.ask("companion.create", #"{"persona":{"name":"Mira"}}"#)
      let sent = try client.ask("message.send", #"{"companion":"mira","text":"Hello!","wait":true}"#).result
      #expect(sent?["turn"]?["phase"] == "analysing")
      client.close()
      await gate.reached.value
      // Nobody is connected, and nothing else runs: without the tail it would be gone after a second.
      #expect(throws: ChildProgram.Failure.self) { try daemon.waitForExit(within: .milliseconds(1_500)) }
      gate.open()
      #expect(try daemon.waitForExit() == .exited(0))
      let next = try Supervisor.start([listening.descriptor], data: folder.file("data"), more: more)
      let later = try LineClient(path: folder.file("s"))
      let chat = try #require(sent?["message"]?["chat"]?.string)
      let state = try later.ask("state.get", "{\"chat\":\"\(chat)\"}").result?["state"]
      #expect(state?["location"] == "the quay")
      later.close()
      #expect(try next.waitForExit() == .exited(0))
    }

    @Test func `SIGTERM leaves an inherited socket listening`() throws {
      let folder = try TemporaryFolder()
      let listening = try UnixSocket.listen(at: folder.file("s"), mode: 0o600)
      let daemon = try Supervisor.start(listening.descriptor, data: folder.file("data"))
      #expect(try LineClient(path: folder.file("s")).ask("status").result?["activated"] == true)
      daemon.send(signal: SIGTERM)
      #expect(try daemon.waitForExit() == .exited(0))
      // It waits in the backlog for the next one.
      let client = try LineClient(path: folder.file("s"))
      try client.call("ping")
      let next = try Supervisor.start(listening.descriptor, data: folder.file("data"))
      #expect(try client.json().result == .object([:]))
      next.send(signal: SIGTERM)
      #expect(try next.waitForExit() == .exited(0))
    }

    @Test func `what is handed over must be one listening socket`() throws {
      let folder = try TemporaryFolder()
      let listening = try UnixSocket.listen(at: folder.file("s"), mode: 0o600)
      let (one, other) = try UnixSocket.pair()
      defer {
        close(one)
        close(other)
      }
      for handed in [[listening.descriptor, listening.descriptor], [one]] {
        let daemon = try Supervisor.start(handed, data: folder.file("data"))
        #expect(try daemon.outcome().status == 78)
        #expect(daemon.err.contains("exactly one listening Unix stream socket"), "\(daemon.err)")
      }
    }
  }
}

/// What systemd does for a socket unit: it holds the socket and starts the daemon whenever somebody waits at it.
private actor Supervisor {
  private let listening: Listening
  private let data: String
  private let thread = ThreadExecutor(name: "supervisor")
  private let stopped = Lock(false)

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

  init(_ listening: Listening, data: String) {
    self.listening = listening
    self.data = data
  }

  nonisolated func finish() { stopped.withLock { $0 = true } }

  /// How each daemon ended, until told to finish.
  func run() throws -> [ChildProgram.Ending] {
    var endings: [ChildProgram.Ending] = []
    while !stopped.withLock({ $0 }) {
      var poll = pollfd(fd: listening.descriptor, events: Int16(POLLIN), revents: 0)
      guard unsafe Glibc.poll(&poll, 1, 20) > 0 else { continue }
      let daemon = try Self.start(listening.descriptor, data: data)
      endings.append(try daemon.waitForExit(within: .seconds(600)))
    }
    return endings
  }

  static func start(_ socket: Int32, data: String) throws -> ChildProgram {
    try start([socket], data: data)
  }

  /// Only the process itself knows the number that LISTEN_PID must have.
  static func start(_ handed: [Int32], data: String, more: [String] = []) throws -> ChildProgram {
    try ChildProgram(
      "/bin/sh",
      [
        "-c", "LISTEN_PID=$$ exec \"$0\" \"$@\"", ChildProgram.buildFolder + "/companiond", "--data", data,
        "--idle-exit", "1",
      ] + more,
      environment: [
        "HOME": data, "LISTEN_FDS": "\(handed.count)",
        "LISTEN_FDNAMES": handed.map { _ in "rpc" }.joined(separator: ":"),
      ], handed: handed)
  }
}
