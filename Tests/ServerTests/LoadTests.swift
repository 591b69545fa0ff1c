import Base
import FoundationEssentials
import Glibc
import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// Many events and many who do not read: each in a process of its own, so that the memory it measures is its own.
@Suite(.serialized) struct LoadTests {
  static let mebibyte = 1 << 20

  @Test func `writes a million events down for a subscriber that never reads, in little memory`() async {
    let child = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      Loop.start()
      let server = try await TestServer(overVaults: Limits())
      let sleeper = try await server.connect()
      #expect(try sleeper.ask("events.subscribe", #"{"topics":["test"]}"#).result != nil)
      // The ring fills up once; what comes after must cost nothing more.
      for start in stride(from: 1, to: 5000, by: 1000) { await publish(start...(start + 999), on: server) }
      let (before, begun) = (residentBytes(), ContinuousClock.now)
      let total = isInstrumented ? 100_000 : 1_000_000
      for start in stride(from: 5001, to: 5001 + total, by: 1000) {
        await publish(start...(start + 999), on: server)
      }
      let (grown, taken) = (residentBytes() - before, ContinuousClock.now - begun)
      print("\(total) events: \(grown >> 10) KiB more, \(taken), held \(await server.heldBytes)")
      if !isInstrumented { #expect(grown < 16 * LoadTests.mebibyte, "\(grown >> 10) KiB") }
      #expect(taken < .seconds(240), "\(taken)")
      #expect(await server.heldBytes <= (32 << 10) + (8 << 10))

      // Awake, it is told what it had, what it lost, and what is still there, in this order and nothing else.
      var (next, losses) = (Int64(1), 0)
      while next <= 5000 + total {
        let event = try sleeper.json()
        let seq = try #require(event.seq)
        if event.topic == "server.lost" {
          losses += 1
          #expect(event.eventData?["from"]?.integer == next)
          #expect(event.eventData?["to"]?.integer == Int64(5000 + total - 4096))
        } else {
          #expect(seq == next)
        }
        next = seq + 1
      }
      #expect(losses == 1)
      exit(0)
    }
    print(String(decoding: child?.standardOutputContent ?? [], as: UTF8.self))
  }

  @Test func `merges 100,000 changes of one state for 200 who never read`() async {
    let child = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      Loop.start()
      let server = try await TestServer(overVaults: Limits())
      var sleepers: [LineClient] = []
      for _ in 0..<200 {
        let sleeper = try await server.connect()
        #expect(try sleeper.ask("events.subscribe", #"{"topics":["settings"]}"#).result != nil)
        sleepers.append(sleeper)
      }
      let (writer, raw) = try await server.connectRaw()
      let round = isInstrumented ? 1000 : 10_000
      func write(_ range: ClosedRange<Int>) throws {
        let lines = range.map {
          "{\"jsonrpc\":\"2.0\",\"id\":\($0),\"method\":\"settings.set\",\"params\":{\"user\":{\"name\":\"n\($0)\"}}}\n"
        }
        let replies = try RawSocket.exchange(
          Array(lines.joined().utf8), lines: range.count, over: raw, within: .seconds(300))
        #expect(replies.allSatisfy { $0.contains("\"result\"") })
      }
      // The sockets' buffers and the windows fill up first.
      try write(1...round)
      let (before, begun) = (residentBytes(), ContinuousClock.now)
      for number in 1..<10 { try write((number * round + 1)...((number + 1) * round)) }
      let (grown, taken) = (residentBytes() - before, ContinuousClock.now - begun)
      print("\(9 * round) changes, 200 sleepers: \(grown >> 10) KiB more, \(taken)")
      if !isInstrumented { #expect(grown < 16 * LoadTests.mebibyte, "\(grown >> 10) KiB") }
      // A sleeper that wakes is told the newest, last, and nothing was lost: only replaced.
      for sleeper in [sleepers[0], sleepers[199]] {
        var (seq, revision) = (Int64(0), Int64(0))
        while revision != 10 * round {
          let event = try sleeper.json()
          #expect(event.topic == "settings.changed")
          #expect(event.seq ?? 0 > seq)
          seq = event.seq ?? 0
          revision = event.eventData?["revision"]?.integer ?? 0
        }
      }
      writer.close()
      exit(0)
    }
    print(String(decoding: child?.standardOutputContent ?? [], as: UTF8.self))
  }
}

private func publish(_ range: ClosedRange<Int>, on server: TestServer) async {
  await onLoop { for number in range { server.hub.announce(Noise.self, .init(number: number)) } }
}

private func residentBytes() -> Int {
  let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
  let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  return pages * sysconf(Int32(_SC_PAGESIZE))
}

/// Under ThreadSanitizer memory is mostly its own, and everything takes ten times as long.
private let isInstrumented = unsafe dlsym(nil, "__tsan_init") != nil
