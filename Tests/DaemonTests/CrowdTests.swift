import Model
import Posix
import TestSupport
import Testing

extension EndToEnd {
  /// Many connections, and many that never read.
  @Suite struct CrowdTests {
    @Test func `every place is served, one past the last is told why, and the log is not flooded`() throws {
      Files.raiseDescriptorLimit()
      let limit = 1024
      let daemon = try DaemonFixture()
      let first = try daemon.lines()
      _ = try first.ask("ping")
      let before = try daemon.processStatus("VmRSS")
      var clients = [first]
      while clients.count < limit {
        let client = try daemon.lines()
        #expect(try client.ask("ping").result == .object([:]), "connection \(clients.count + 1)")
        clients.append(client)
      }
      let each = Double(try daemon.processStatus("VmRSS") - before) / Double(limit - 1)
      figure("\(limit) connections at once, \(each.rounded(to: 2)) KiB each")
      #expect(each < 8)
      for attempt in 1...1100 {
        let refused = try daemon.lines()
        let closing = try refused.json()
        #expect(closing["method"] == "server.closing", "attempt \(attempt)")
        #expect(
          closing["params"]?["reason"] == "too_many_connections" && closing["params"]?["retryMs"] != nil)
        try refused.waitForEnd()
      }
      #expect(try first.ask("status").result?["connections"]?.integer == Int64(limit))
      let lines = daemon.log.split(separator: "\n").filter { $0.contains("Connections were refused") }
      #expect(lines.count == 1, "\(lines)")
      #expect(lines.first?.contains("all 1024 places are taken") == true)
      // A place that is given up is the next one's, as soon as the daemon has seen it.
      clients.removeLast().close()
      let deadline = ContinuousClock.now + .seconds(5)
      while try daemon.lines().ask("ping")["method"] == "server.closing" {
        guard ContinuousClock.now < deadline else {
          Issue.record("the place was not given on")
          return
        }
      }
    }

    @Test func `two hundred that never read cost the others nothing`() throws {
      let events = Extent.of("EVENTS", share: 10_000)
      let daemon = try DaemonFixture()
      let writers = try (0..<4).map { _ in try daemon.lines() }
      let other = try daemon.lines()
      let load = Load(writers: writers, other: other)
      let idle = try (0..<5).map { _ in try load.pings(400).percentile(0.99) }.median
      // The same load without the sleepers, which also warms what is allocated once.
      let quiet = try (0..<5).map { _ in try load.write(events / 5).percentile(0.99) }.median
      let before = try daemon.processStatus("VmRSS")

      let sleepers = try (0..<200).map { _ in try daemon.lines() }
      for sleeper in sleepers {
        #expect(try sleeper.ask("events.subscribe", #"{"topics":["settings"]}"#).result != nil)
      }
      let loud = try (0..<5).map { _ in try load.write(events / 5).percentile(0.99) }.median
      let grown = try daemon.processStatus("VmRSS") - before
      figure(
        "\(events) events with 200 that never read: \(grown) KiB more, ping p99 \(idle.rounded(to: 3)) ms idle, "
          + "\(quiet.rounded(to: 3)) ms while written, \(loud.rounded(to: 3)) ms with the sleepers")
      #expect(grown < 16 << 10)
      if Extent.isWhole("EVENTS") { #expect(loud < 2 * quiet) }

      // One that wakes finds the newest state, in order, and nothing lost: later events have replaced earlier ones.
      let latest = try other.ask("settings.get").result?["settings"]?["revision"]?.integer
      var seq: Int64 = 0
      var lines = 0
      var revision: Int64?
      while revision != latest {
        let event = try sleepers[7].json()
        #expect(event["method"] == "event", "\(event)")
        let next = try #require(event["params"]?["seq"]?.integer)
        #expect(next > seq)
        seq = next
        let newer = try #require(event["params"]?["data"]?["revision"]?.integer)
        #expect(newer > revision ?? 0, "an older state after a newer one")
        revision = newer
        lines += 1
      }
      figure("a sleeper that wakes reads \(lines) events of \(events)")
      #expect(lines < events)
    }
  }
}

/// Writes over several connections at once, and another client's round trips meanwhile.
private struct Load {
  let writers: [LineClient]
  let other: LineClient
  static let depth = 16

  /// Round trips of so many pings, in milliseconds.
  func pings(_ count: Int) throws -> [Double] { try (0..<count).map { _ in try ping() } }

  private func ping() throws -> Double {
    let begin = ContinuousClock.now
    guard try other.ask("ping").result != nil else { throw LineClient.Failure.unexpected("no pong") }
    return (ContinuousClock.now - begin).milliseconds
  }

  /// At least so many changes, and the round trip of a ping sent right behind each burst of them.
  func write(_ count: Int) throws -> [Double] {
    var times: [Double] = []
    var written = 0
    while written < count {
      for writer in writers {
        var lines: [UInt8] = []
        for id in 1...Self.depth {
          written += 1
          lines += Array(
            "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"settings.set\",\"params\":{\"user\":{\"name\":\"\(written)\"}}}\n"
              .utf8)
        }
        try writer.send(bytes: lines)
      }
      times.append(try ping())
      for writer in writers {
        for _ in 0..<Self.depth {
          let reply = try writer.line()
          guard reply.contains("\"result\"") else { throw LineClient.Failure.unexpected(reply) }
        }
      }
    }
    return times
  }
}
