import FoundationEssentials
import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// A small disk of the daemon's own, in a mount namespace that goes with its holder.
  @Suite(.enabled(if: isRoot && tool("unshare") != nil && tool("nsenter") != nil, "mounting needs root"))
  struct FullDiskTests {
    @Test func `a full disk refuses writes, loses nothing, and is served again when there is room`()
      async throws
    {
      let folder = try TemporaryFolder()
      let data = folder.file("data")
      try makeFolder(data, mode: 0o700)
      let holder = try ChildProgram(
        try #require(tool("unshare")),
        [
          "--mount", "/bin/sh", "-c",
          "mount -t tmpfs -o size=16m,mode=0700 tmpfs \(data) && echo mounted && exec sleep 600",
        ], environment: ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"])
      try holder.wait { out, _ in out.contains("mounted") }
      let disk = "/proc/\(holder.pid)/root\(data)"
      let daemon = try DaemonFixture(
        in: folder,
        wrapper: [try #require(tool("nsenter")), "--mount=/proc/\(holder.pid)/ns/mnt"])
      let client = try daemon.lines()
      #expect(try write(0, over: client).result != nil)

      // Everything but the last 200 KiB is taken by somebody else.
      try fill(disk + "/filler", leaving: 200 << 10, of: disk)
      var last = 0
      var refusal = JSONValue.null
      for number in 1...400 where refusal == .null {
        let reply = try write(number, over: client)
        if reply.result != nil { last = number } else { refusal = reply }
      }
      #expect(refusal.code == 11 && refusal.reason == "storage_full", "\(refusal)")
      figure("the disk was full after \(last) writes of 30 KiB")
      // Not one more and not one less than was acknowledged; reading and the rest go on.
      #expect(try stored(client) == last)
      #expect(try client.ask("storage.check").result?["ok"] == true)
      #expect(try client.ask("ping").result == .object([:]))
      #expect(try client.ask("health").result != nil)

      // A crash on the full disk: the next start serves what there is.
      try daemon.kill()
      try daemon.start()
      let again = try daemon.lines()
      #expect(try stored(again) == last)
      #expect(try write(1000, over: again).reason == "storage_full")
      #expect(try stored(again) == last)

      let pid = daemon.pid
      try remove(disk + "/filler")
      let begin = ContinuousClock.now
      var reply = JSONValue.null
      while reply.result == nil, ContinuousClock.now - begin < .seconds(10) {
        reply = try write(1001, over: again)
        #expect(reply.result != nil || reply.reason == "storage_full", "\(reply)")
        if reply.result == nil { try await Task.sleep(for: .milliseconds(20)) }
      }
      figure(
        "writes again \((ContinuousClock.now - begin).milliseconds.rounded(to: 0)) ms after there is room")
      #expect(reply.result != nil && daemon.pid == pid, "not without a restart")
      try daemon.restart()
      #expect(try stored(daemon.lines()) == 1001)
      #expect(try daemon.lines().ask("storage.check").result?["ok"] == true)
    }

    private func write(_ number: Int, over client: LineClient) throws -> JSONValue {
      let text = String(repeating: "x", count: 30 << 10)
      return try client.ask("settings.set", "{\"user\":{\"name\":\"\(number)\",\"overview\":\"\(text)\"}}")
    }

    private func stored(_ client: LineClient) throws -> Int? {
      try client.ask("settings.get").result?["settings"]?["user"]?["name"]?.string.flatMap { Int($0) }
    }

    private func fill(_ path: String, leaving rest: Int, of folder: String) throws {
      var space = statvfs()
      guard unsafe statvfs(folder, &space) == 0 else {
        throw LineClient.Failure.system("statvfs: error \(errno)")
      }
      let size = Int(space.f_bavail) * Int(space.f_frsize) - rest
      try Data(repeating: 0, count: max(0, size)).write(to: URL(filePath: path))
    }
  }
}
