import FoundationEssentials
import Glibc
import Model
import Posix
import TestSupport
import Testing

extension EndToEnd {
  /// Whose socket and data these are, and who may have them.
  @Suite struct DoorTests {
    @Test func `socket and data are the owner's alone`() throws {
      let folder = try TemporaryFolder()
      let daemon = try ChildProgram(
        "companiond", environment: ["HOME": folder.path, "XDG_RUNTIME_DIR": folder.file("run/deep")])
      let socket = folder.file("run/deep/companion/companiond.sock")
      try daemon.wait { _, err in err.contains("is ready") }
      #expect(mode(of: folder.file("run/deep/companion")) == 0o700)
      #expect(mode(of: socket) == 0o600)
      let data = folder.file(".local/share/companion")
      #expect(mode(of: data) == 0o700)
      let status = try LineClient(path: socket).ask("status").result
      #expect(status?["socket"]?.string == socket)
      #expect(status?["data"]?.string == data)
      #expect(status?["activated"] == false)
      for name in try names(in: data) {
        #expect(try #require(mode(of: data + "/" + name)) & 0o077 == 0, "\(name) is open to others")
      }
      daemon.send(signal: SIGTERM)
      #expect(try daemon.waitForExit() == .exited(0))
      #expect(!exists(socket))
      #expect(mode(of: data + "/companion.db") == 0o600)
      #expect(!exists(data + "/companion.db-wal"), "a clean end leaves no log")
    }

    @Test func `what no request needed is not in memory`() throws {
      let daemon = try DaemonFixture()
      let pid = try #require(daemon.pid)
      // The kernel gives this file a page at a time; a program that reads to the end gets it all.
      let maps = try ChildProgram.run("/bin/cat", ["/proc/\(pid)/maps"]).out
      // Thirty libraries come with it, several times what an idle daemon takes.
      #expect(!maps.contains("libcurl"))
      #expect(maps.contains("libsqlite3"))
    }

    @Test func `a runtime folder that others may enter is refused with the remedy`() throws {
      let folder = try TemporaryFolder()
      let runtime = folder.file("companion")
      try makeFolder(runtime, mode: 0o755)
      let outcome = try startByDefaults(in: folder)
      #expect(outcome.status == 78)
      #expect(outcome.err.contains("chmod 700 \(runtime)"), "\(outcome.err)")
      #expect(mode(of: runtime) == 0o755, "it is not ours to close")
    }

    @Test func `a runtime folder behind a link is refused`() throws {
      let folder = try TemporaryFolder()
      try makeFolder(folder.file("elsewhere"), mode: 0o700)
      try makeLink(at: folder.file("companion"), to: folder.file("elsewhere"))
      let outcome = try startByDefaults(in: folder)
      #expect(outcome.status == 78)
      #expect(outcome.err.contains("links are not followed"), "\(outcome.err)")
      #expect(try names(in: folder.file("elsewhere")).isEmpty)
    }

    @Test(.enabled(if: isRoot, "only root can make a folder of somebody else"))
    func `somebody else's runtime folder is refused`() throws {
      let folder = try TemporaryFolder()
      try makeFolder(folder.file("companion"), mode: 0o700, owner: 4001)
      let outcome = try startByDefaults(in: folder)
      #expect(outcome.status == 78)
      #expect(outcome.err.contains("belongs to uid 4001"), "\(outcome.err)")
    }

    private func startByDefaults(in folder: TemporaryFolder) throws -> ChildProgram.Outcome {
      try ChildProgram.run(
        "companiond", ["--data", folder.file("data")],
        environment: ["HOME": folder.path, "XDG_RUNTIME_DIR": folder.path])
    }

    @Test func `a second daemon on the same socket names the first and leaves it alone`() throws {
      let first = try DaemonFixture()
      let pid = try #require(first.pid)
      let second = try ChildProgram.run(
        "companiond",
        ["--config", first.config, "--socket", first.socket, "--data", first.folder.file("other")])
      #expect(second.status == 69)
      #expect(
        second.err == "companiond: Another companiond serves \(first.socket) (pid \(pid)).\n", "\(second.err)"
      )
      #expect(try first.lines().ask("ping").result == .object([:]))
    }

    @Test func `a second daemon on the same data names the first and takes its own socket away`() throws {
      let first = try DaemonFixture()
      let pid = try #require(first.pid)
      let socket = first.folder.file("second")
      let second = try ChildProgram.run(
        "companiond", ["--config", first.config, "--socket", socket, "--data", first.data])
      #expect(second.status == 69)
      #expect(second.err.contains("in use by process \(pid)"), "\(second.err)")
      #expect(!exists(socket))
      #expect(try first.lines().ask("settings.set", #"{"reuse":true}"#).result != nil)
    }

    @Test func `a dead daemon's socket is taken over, a hung one's is not`() throws {
      let daemon = try DaemonFixture()
      try daemon.kill()
      #expect(exists(daemon.socket), "SIGKILL leaves the path behind")
      try daemon.start()
      let pid = try #require(daemon.pid)
      daemon.send(signal: SIGSTOP)
      defer { daemon.send(signal: SIGCONT) }
      let other = try ChildProgram.run(
        "companiond",
        ["--config", daemon.config, "--socket", daemon.socket, "--data", daemon.folder.file("o")])
      #expect(other.status == 69)
      #expect(other.err.contains("(pid \(pid))"), "\(other.err)")
    }

    @Test func `what is no socket stays where it is`() throws {
      let daemon = try DaemonFixture(starts: false)
      try daemon.folder.write("precious", to: "s")
      try daemon.launch()
      #expect(try daemon.waitForExit() == .exited(78))
      #expect(daemon.log.contains("is not a socket"), "\(daemon.log)")
      #expect(try String(contentsOfFile: daemon.socket, encoding: .utf8) == "precious")
    }

    @Test func `of many starters at once exactly one serves`() throws {
      let folder = try TemporaryFolder()
      // The path of a dead daemon lies there, so that each of them wants to clear it away.
      do {
        let dead = try UnixSocket.listen(at: folder.file("s"), mode: 0o600)
        try makeName(folder.file("keep"), of: folder.file("s"))
        dead.removePath()
      }
      try move(folder.file("keep"), to: folder.file("s"))
      let starters = try (0..<8).map { _ in
        try ChildProgram(
          "companiond", ["--socket", folder.file("s"), "--data", folder.file("data")],
          environment: ["HOME": folder.path])
      }
      var served: [ChildProgram] = []
      for starter in starters {
        try starter.wait { _, err in err.contains("is ready") || err.contains("Another companiond serves") }
        if starter.err.contains("is ready") { served.append(starter) }
      }
      #expect(served.count == 1)
      let pid = try LineClient(path: folder.file("s")).ask("status").result?["pid"]?.integer
      #expect(pid == served.first.map { Int64($0.pid) })
      for starter in starters where starter !== served.first {
        #expect(try starter.waitForExit() == .exited(69))
      }
    }
  }
}
