import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// What was acknowledged is on the disk: shown by the order of system calls, since surviving SIGKILL shows nothing.
  @Suite(.enabled(if: tool("strace") != nil && isRoot, "they need strace and the right to trace"))
  struct DurabilityTests {
    @Test func `between reading a request and writing its reply the log was synced`() throws {
      let wanted = Extent.of("WRITES", share: 100)
      let (daemon, file) = try traced()
      let client = try daemon.lines()
      for id in 1...wanted { #expect(try set(id, over: client, of: "alone").result != nil) }
      try daemon.stop()
      let trace = try SystemCallTrace(of: file)
      #expect(trace.requests == wanted && trace.replies >= wanted, "\(trace.requests) \(trace.replies)")
      #expect(trace.unsynced.isEmpty)
      figure(
        "\(wanted) writes one after another: \(trace.unsynced.count) without a sync, \(trace.syncs) syncs")
    }

    @Test func `sixty-four writers share their syncs`() throws {
      let rounds = Extent.of("ROUNDS", share: 10)
      let (daemon, file) = try traced()
      let clients = try (0..<64).map { _ in try daemon.lines() }
      for round in 0..<rounds {
        for (index, client) in clients.enumerated() {
          try ask(round * 64 + index + 1, over: client, of: "shared")
        }
        for client in clients { #expect(try client.json().result != nil) }
      }
      try daemon.stop()
      let trace = try SystemCallTrace(of: file)
      #expect(trace.requests == rounds * 64 && trace.unsynced.isEmpty)
      figure("64 writers: \(rounds * 64) acknowledgements, \(trace.syncs) syncs")
      // A debug build reads its lines so slowly under strace that fewer wait when a sync is over.
      #if DEBUG
        #expect(trace.syncs * 4 <= rounds * 64)
      #else
        #expect(trace.syncs * 8 <= rounds * 64)
      #endif
    }

    @Test func `when syncs fail nothing is acknowledged, and when they work again so does the daemon`()
      async throws
    {
      let daemon = try DaemonFixture()
      let client = try daemon.lines()
      #expect(try set(1, over: client, of: "before").result != nil)
      let pid = try #require(daemon.pid)
      let strace = try ChildProgram(
        try #require(tool("strace")),
        [
          "-f", "-p", "\(pid)", "-o", "/dev/null", "-e", "trace=fdatasync,fsync",
          "--inject=fdatasync,fsync:error=EIO",
        ])
      try strace.wait { _, err in err.contains("attached") }
      for id in 2...20 {
        let reply = try set(id, over: client, of: "lost")
        #expect(reply.code == 15 && reply.reason == "storage_failed", "\(reply)")
      }
      #expect(try client.ask("ping").result == .object([:]))
      strace.send(signal: SIGINT)
      try strace.waitForExit()
      let begin = ContinuousClock.now
      var reply = JSONValue.null
      // Revival is tried once a second, by a write.
      while reply.result == nil, ContinuousClock.now - begin < .seconds(10) {
        reply = try set(21, over: client, of: "after")
        #expect(reply.result != nil || reply.reason == "storage_failed")
        if reply.result == nil { try await Task.sleep(for: .milliseconds(20)) }
      }
      figure("writes again \((ContinuousClock.now - begin).milliseconds.rounded(to: 0)) ms after syncs work")
      #expect(reply.result?["settings"]?["user"]?["name"] == "after 21")
      #expect(reply.result?["settings"]?["revision"] == 2, "refused writes left something behind")
      try daemon.restart()
      let settings = try daemon.lines().ask("settings.get").result?["settings"]
      #expect(settings?["user"]?["name"] == "after 21" && settings?["revision"] == 2)
      #expect(try daemon.lines().ask("storage.check").result?["ok"] == true)
    }

    private func traced() throws -> (DaemonFixture, String) {
      let folder = try TemporaryFolder()
      let file = folder.file("trace")
      let daemon = try DaemonFixture(
        in: folder, wrapper: [try #require(tool("strace")), "-D", "-o", file] + SystemCallTrace.options)
      return (daemon, file)
    }

    private func ask(_ id: Int, over client: LineClient, of name: String) throws {
      try client.call("settings.set", "{\"user\":{\"name\":\"\(name) \(id)\"}}", id: id)
    }

    private func set(_ id: Int, over client: LineClient, of name: String) throws -> JSONValue {
      try ask(id, over: client, of: name)
      return try client.json()
    }
  }
}
