import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// What the service manager hears, in which order.
  @Suite struct NotifyTests {
    private func watched(
      _ variables: [String: String] = [:]
    ) throws -> (FakeManager, DaemonFixture) {
      let folder = try TemporaryFolder()
      let manager = try FakeManager(at: folder.file("notify"))
      let daemon = try DaemonFixture(
        environment: ["NOTIFY_SOCKET": manager.path].merging(variables) { $1 }, in: folder, starts: false)
      try daemon.launch()
      return (manager, daemon)
    }

    @Test func `ready, then reloading and ready again, then stopping`() throws {
      let (manager, daemon) = try watched()
      #expect(try manager.next(saying: "READY=1") == ["READY=1", "STATUS=ready"])
      // READY is no promise for later: whoever connects now is answered.
      #expect(try daemon.lines().ask("ping").result == .object([:]))

      let before = monotonicMicroseconds()
      daemon.send(signal: SIGHUP)
      let reloading = try manager.next(saying: "RELOADING=1")
      let time = try #require(
        reloading.first { $0.hasPrefix("MONOTONIC_USEC=") }.flatMap { Int64($0.dropFirst(15)) })
      #expect((before...monotonicMicroseconds()).contains(time))
      #expect(try manager.next(saying: "READY=1").contains { $0.hasPrefix("STATUS=") })

      daemon.send(signal: SIGTERM)
      #expect(try manager.next(saying: "STOPPING=1") == ["STOPPING=1", "STATUS=stopping"])
      #expect(try daemon.waitForExit() == .exited(0))
    }

    @Test(.enabled(if: tool("strace") != nil && isRoot, "strace makes the disk slow"))
    func `a reload that is asked for before the daemon is ready waits until it is`() throws {
      let folder = try TemporaryFolder()
      let manager = try FakeManager(at: folder.file("notify"))
      let daemon = try DaemonFixture(
        environment: ["NOTIFY_SOCKET": manager.path], in: folder,
        wrapper: [
          try #require(tool("strace")), "-D", "-f", "-o", "/dev/null", "-e", "trace=fdatasync",
          "--inject=fdatasync:delay_enter=300000",
        ], starts: false)
      try daemon.launch()
      // The vault's folder is made once signals are the loop's; its first syncs take a while.
      while !exists(daemon.data + "/companion.db") { usleep(5000) }
      daemon.send(signal: SIGHUP)
      #expect(try manager.next(saying: "READY=1").contains("STATUS=ready"))
      _ = try manager.next(saying: "RELOADING=1")
      _ = try manager.next(saying: "READY=1")
      daemon.send(signal: SIGTERM)
      #expect(try daemon.waitForExit() == .exited(0))
    }

    @Test func `a broken reload ends in ready too, or the manager would wait for ever`() throws {
      let (manager, daemon) = try watched()
      #expect(try manager.next(saying: "READY=1").first == "READY=1")
      try daemon.folder.write("{log: 3}", to: "companiond.json5")
      daemon.send(signal: SIGHUP)
      _ = try manager.next(saying: "RELOADING=1")
      _ = try manager.next(saying: "READY=1")
    }

    @Test func `the watchdog is fed twice in its time while the vault answers`() throws {
      let (manager, daemon) = try watched(["WATCHDOG_USEC": "400000"])
      #expect(try manager.next(saying: "READY=1").first == "READY=1")
      let begin = ContinuousClock.now
      for _ in 0..<3 { #expect(try manager.next() == ["WATCHDOG=1"]) }
      let time = (ContinuousClock.now - begin).milliseconds
      #expect((400...1200).contains(time), "three pings took \(time) ms")
      daemon.send(signal: SIGSTOP)
      defer { daemon.send(signal: SIGCONT) }
      #expect(throws: LineClient.Failure.self) {
        // One ping may have been on its way.
        for _ in 0..<2 { _ = try manager.next(within: .milliseconds(500)) }
      }
    }

    @Test func `a watchdog meant for another process is not fed`() throws {
      let (manager, daemon) = try watched(["WATCHDOG_USEC": "100000", "WATCHDOG_PID": "1"])
      #expect(try manager.next(saying: "READY=1").first == "READY=1")
      #expect(throws: LineClient.Failure.timedOut("waiting for the daemon's notification")) {
        try manager.next(within: .milliseconds(300))
      }
      #expect(try daemon.lines().ask("ping").result == .object([:]))
    }

    @Test func `the status line counts clients`() throws {
      let (manager, daemon) = try watched()
      #expect(try manager.next(saying: "READY=1").first == "READY=1")
      let clients = try (0..<3).map { _ in try daemon.lines() }
      for client in clients { _ = try client.ask("ping") }
      var said = ""
      while said != "STATUS=3 clients" { said = try manager.next(saying: "STATUS=")[0] }
    }

    @Test func `a start that fails says why`() throws {
      let first = try DaemonFixture()
      let manager = try FakeManager(at: first.folder.file("notify"))
      let second = try ChildProgram(
        "companiond", ["--config", first.config, "--socket", first.folder.file("t"), "--data", first.data],
        environment: ["NOTIFY_SOCKET": manager.path])
      let said = try manager.next()
      let pid = try #require(first.pid)
      #expect(said.contains { $0.hasPrefix("ERRNO=") })
      #expect(said.contains { $0.hasPrefix("STATUS=") && $0.contains("process \(pid)") }, "\(said)")
      #expect(try second.waitForExit() == .exited(69))
    }
  }
}

private func monotonicMicroseconds() -> Int64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}
