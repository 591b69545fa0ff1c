import Base
import FoundationEssentials
import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// Backups of a daemon that is busy, and of one that cannot finish them.
  @Suite struct BackupTests {
    @Test func `a backup taken while chats stream is whole, and what is restored from it is the same vault`()
      throws
    {
      let chats = Extent.of("BACKUPCHATS", share: 8)
      let upstream = ScriptedUpstream()
      defer { upstream.stop() }
      let daemon = try DaemonFixture(config: BackupStand.configuration(upstream.url))
      var stand = try BackupStand(daemon, chats: chats)
      // Large enough that a copy takes many pieces, between which everybody else's writes go.
      try stand.fill(mebibytes: Extent.of("BACKUPSIZE", share: 12))
      let seconds = Extent.of("BACKUPSECONDS", share: 4)
      upstream.otherwise { _ in .reply((0..<seconds * 50).map { "wör\($0) " }, perSecond: 50) }
      try stand.talk(for: .seconds(seconds))
      #expect(stand.faults.isEmpty, "\(stand.faults)")
      #expect(
        stand.backups.count > 0 && stand.whileStreaming > 0, "no backup was taken while something streamed")
      figure(
        "\(chats) chats at 50 tokens a second: \(stand.whileStreaming) backups of \(stand.size >> 20) MiB meanwhile, "
          + "\(stand.duration.median.rounded(to: 0)) ms each; between two deltas p50 "
          + "\(stand.calm.median.rounded(to: 1)) and p99 \(stand.calm.percentile(0.99).rounded(to: 1)) ms without, p50 "
          + "\(stand.busy.median.rounded(to: 1)) and p99 \(stand.busy.percentile(0.99).rounded(to: 1)) ms during one"
      )
      if Extent.isWhole("BACKUPCHATS") {
        #expect(stand.busy.percentile(0.99) <= 2 * stand.calm.percentile(0.99))
      }

      // One more when all is quiet is the vault as it is, to the last change.
      let last = try stand.ask("backup.create")["backup"]?["name"]?.string ?? ""
      let expected = try VaultPicture(of: daemon)
      let restored = try BackupStand.restored(last, from: daemon)
      #expect(try VaultPicture(of: restored) == expected)
      #expect(try restored.lines().ask("storage.check").result?["ok"] == true)

      // Those taken meanwhile hold every line, and of every reply a beginning.
      for name in stand.backups {
        #expect(try stand.ask("backup.verify", "{\"backup\":\"\(name)\"}")["ok"] == true, "\(name)")
      }
      let middle = try BackupStand.restored(try #require(stand.backups.first), from: daemon)
      let picture = try VaultPicture(of: middle)
      #expect(try middle.lines().ask("storage.check").result?["ok"] == true)
      for (id, text) in picture.texts {
        let whole = expected.texts[id] ?? ""
        #expect(whole.utf8.starts(with: text.utf8), "\(id) is no beginning of what became of it")
      }
      for line in stand.lines {
        #expect(picture.texts[line] != nil, "a line from before the backup is not in it")
      }
      #expect(try middle.lines().ask("turn.list", #"{"active":true}"#).result?["turns"]?.array == [])
    }

    @Test(.enabled(if: tool("prlimit") != nil, "it needs prlimit"))
    func `a backup that finds no room leaves nothing, and nobody else notices`() throws {
      let daemon = try DaemonFixture(config: BackupStand.configuration("http://127.0.0.1:9"))
      var stand = try BackupStand(daemon, chats: 1)
      try stand.fill(mebibytes: 12)
      #expect(try stand.ask("backup.create")["backup"] != nil)
      let whole = try names(in: stand.folder)
      #expect(whole.count == 1)
      try stand.restart()
      // Files may grow to a third of that from now on.
      try stand.limitFiles(to: 4 << 20)
      let refused = try daemon.lines().ask("backup.create")
      #expect(refused.reason == "storage_full", "\(refused)")
      let left = try names(in: stand.folder)
      #expect(left == whole, "\(left)")
      // The vault's own files are small enough, and it is not said to be full.
      #expect(try daemon.lines().ask("settings.set", #"{"user":{"name":"still here"}}"#).result != nil)
      #expect(try daemon.lines().ask("health").result?["ok"] != false)
      try stand.limitFiles(to: nil)
      #expect(try stand.ask("backup.create")["backup"] != nil)
      #expect(try names(in: stand.folder).count == 2)
    }

    @Test func `a kill in the middle of a backup leaves nothing that the next start does not take away`()
      throws
    {
      let daemon = try DaemonFixture(config: BackupStand.configuration("http://127.0.0.1:9"))
      var stand = try BackupStand(daemon, chats: 1)
      try stand.fill(mebibytes: 12)
      #expect(try stand.ask("backup.create")["backup"] != nil)
      let whole = try names(in: stand.folder)
      let kills = Extent.of("BACKUPKILLS", share: 3)
      var (halves, worst) = (0, 0.0)
      for round in 1...kills {
        let other = try daemon.lines()
        try other.call("backup.create")
        // Until there is a piece of it.
        let deadline = ContinuousClock.now + LineClient.patience
        while try names(in: stand.folder) == whole, ContinuousClock.now < deadline { usleep(100) }
        usleep(useconds_t(round * 3000 % 40_000))
        try daemon.kill()
        if try names(in: stand.folder).count(where: { $0.hasSuffix(".db") }) == whole.count { halves += 1 }
        let begin = ContinuousClock.now
        try daemon.start()
        // The pass over everybody's house begins when the daemon is ready.
        while try names(in: stand.folder).contains(where: { !$0.hasSuffix(".db") }),
          ContinuousClock.now < deadline
        {
          usleep(1000)
        }
        worst = max(worst, (ContinuousClock.now - begin).milliseconds)
        let left = try names(in: stand.folder)
        #expect(left.allSatisfy { $0.hasSuffix(".db") }, "\(left)")
        for name in left where !whole.contains(name) { try remove(stand.folder + "/" + name) }
      }
      figure(
        "\(kills) kills while a backup was made, \(halves) left a half; gone at most \(worst.rounded(to: 0)) ms after the next start"
      )
      #expect(halves > 0, "every backup was finished before its kill")
      #expect(try daemon.lines().ask("storage.check").result?["ok"] == true)
    }
  }
}
