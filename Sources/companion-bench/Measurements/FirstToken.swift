import Glibc
import Posix

/// `ttft`: how much later the first token comes through the daemon than straight from the same upstream, which answers after
/// 20 ms. The person's line is on the disk before the daemon asks. And how much later it comes where the model is asked for the
/// scene after every reply.
struct FirstToken {
  private let bench: Bench
  private static let direct = "direct"
  private static let unread = "no scenes read"

  init(_ bench: Bench) { self.bench = bench }

  func measure() async throws -> [Figure] {
    var median = Figure(
      "first token, upstream after 20 ms, p50", .milliseconds, aims: [.atMostBeyond(1, of: Self.direct)])
    var tail = Figure(
      "first token, upstream after 20 ms, p99", .milliseconds, aims: [.atMostBeyond(3, of: Self.direct)])
    var reading = Figure(
      "the same with the scene read after each reply, p50", .milliseconds,
      aims: [.ratioAtMost(1.05, of: Self.unread)])
    let upstream = try Upstream(.init(firstAfter: .milliseconds(20), between: .zero, tokens: 3))
    let stage = try Conversations(bench, chats: 1, upstream: upstream)
    let readingStage = try Conversations(bench, chats: 1, upstream: upstream, readsScenes: true)
    let daemon = LineReader(try stage.running.connect())
    let reader = LineReader(try readingStage.running.connect())
    let direct = LineReader(adopting: try upstream.connect())
    var number = 0
    // The first of each also makes a connection.
    _ = try through(daemon, stage, &number)
    _ = try through(reader, readingStage, &number)
    _ = try straight(direct)
    for _ in 0..<bench.options.rounds {
      var times: (daemon: [Double], reading: [Double], direct: [Double]) = ([], [], [])
      // One after the other, so that none has a better minute.
      for _ in 0..<bench.amount(100) {
        times.daemon.append(try through(daemon, stage, &number))
        times.direct.append(try straight(direct))
        times.reading.append(try through(reader, readingStage, &number))
      }
      for (name, found) in [("companiond", times.daemon), (Self.direct, times.direct)] {
        median.add(found.median, for: name)
        tail.add(found.percentile(0.99), for: name)
      }
      reading.add(times.reading.median, for: "companiond")
      reading.add(times.daemon.median, for: Self.unread)
    }
    stage.running.stop()
    readingStage.running.stop()
    await upstream.close()
    return [median, tail, reading]
  }

  private func through(_ reader: LineReader, _ stage: Conversations, _ number: inout Int) throws -> Double {
    number += 1
    let request = stage.send(to: 0, number: number)
    let start = now()
    try reader.send(request)
    var first: Int64?
    while true {
      let line = try reader.line()
      if line.starts(with: LineKind.delta) {
        first = first ?? now()
      } else if line.starts(with: LineKind.end) {
        break
      } else if line.starts(with: LineKind.error) {
        throw Trouble("The daemon refused a line: \(String(decoding: line.prefix(300), as: UTF8.self))")
      }
    }
    guard let first else { throw Trouble("A reply came without a token.") }
    return Double(first - start) / 1e6
  }

  private func straight(_ reader: LineReader) throws -> Double {
    let body = "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}"
    let request =
      "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
      + "content-length: \(body.utf8.count)\r\n\r\n\(body)"
    let start = now()
    try reader.send(Array(request.utf8))
    var first: Int64?
    while true {
      let line = try reader.line()
      if line.starts(with: Array("data: {".utf8)) { first = first ?? now() }
      if line.starts(with: Array("0\r".utf8)) { break }
    }
    // The empty line behind the last chunk.
    _ = try reader.line()
    return Double((first ?? now()) - start) / 1e6
  }
}
