import Base
import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// SIGKILL at random moments under load.
  @Suite struct KillTests {
    @Test func `every acknowledged write survives SIGKILL, and the next start is quick`() async throws {
      let kills = Extent.of("KILLS", share: 12)
      let seed = Extent.of("SEED", share: Int.random(in: 0...Int(Int32.max)))
      var random = RandomSource.seeded(UInt64(seed))
      let daemon = try DaemonFixture(starts: false)
      var starts: [Double] = []
      var acknowledged = 0
      var sent = 0
      var revision: Int64 = 0
      for kill in 1...kills {
        let begin = ContinuousClock.now
        try daemon.start()
        starts.append((ContinuousClock.now - begin).milliseconds)

        let clients = try (0..<4).map { _ in try daemon.lines() }
        for (index, client) in clients.enumerated() {
          for id in 1...50 { try client.call("settings.set", write(kill, index, id), id: id) }
        }
        sent += 200
        // At a random moment of the load, whatever the machine's speed: after so many replies, and a little later.
        var kept: [(Int, Int)] = []
        func keep(_ reply: JSONValue, of index: Int) {
          guard let id = reply["id"]?.integer, let settings = reply.result?["settings"] else { return }
          kept.append((index, Int(id)))
          revision = max(revision, settings["revision"]?.integer ?? 0)
        }
        for _ in 0..<Int.random(in: 0...45, using: &random) { keep(try clients[0].json(), of: 0) }
        try await Task.sleep(for: .microseconds(Int64.random(in: 0...2000, using: &random)))
        try daemon.kill()
        // What it had written before it died can still be read.
        for (index, client) in clients.enumerated() {
          while let reply = try? client.json() { keep(reply, of: index) }
        }
        acknowledged += kept.count

        try daemon.start()
        let client = try daemon.lines()
        let found = try client.ask("settings.get").result?["settings"]?["revision"]?.integer ?? 0
        #expect(found >= revision, "kill \(kill), seed \(seed)")
        revision = found
        // The key is in the same commit as its effect, so a replay proves the write.
        for (index, id) in kept {
          let replayed = try client.ask("settings.set", write(kill, index, id), id: id).result?["replayed"]
          #expect(replayed == true, "write \(index)/\(id) of kill \(kill) is gone, seed \(seed)")
        }
        #expect(try client.ask("settings.get").result?["settings"]?["revision"]?.integer == found)
        let check = try client.ask("storage.check").result
        #expect(check?["ok"] == true, "kill \(kill), seed \(seed): \(String(describing: check))")
        try daemon.kill()
      }
      figure(
        "\(kills) kills, seed \(seed): \(acknowledged) of \(sent) writes acknowledged and none lost; start to first "
          + "reply p50 \(starts.median.rounded(to: 1)) ms, p99 \(starts.percentile(0.99).rounded(to: 1)) ms, "
          + "worst \((starts.max() ?? 0).rounded(to: 1)) ms")
      #expect(acknowledged > 0, "no kill came after an acknowledgement")
      #expect(acknowledged < sent, "no kill came before the last acknowledgement")
      #expect((starts.max() ?? 0) < 1000)
      if Extent.isWhole("KILLS") { #expect(starts.median < 100) }
    }

    private func write(_ kill: Int, _ client: Int, _ id: Int) -> String {
      "{\"key\":\"k\(kill)-\(client)-\(id)\",\"user\":{\"name\":\"\(kill)/\(client)/\(id)\"}}"
    }
  }
}
