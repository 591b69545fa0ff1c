import Base
import Client
import Wire

/// `rpc`: how long a ping takes there and back, and how many a connection carries with 64 under way.
///
/// The round trip is taken with both programs on one processor, where it is made of work and two switches; on two it is made of
/// waking the other one up, which belongs to the machine. The throughput is taken on two: there both work at once.
struct RoundTrip {
  private let bench: Bench
  private static let depth = 64

  init(_ bench: Bench) { self.bench = bench }

  func measure() throws -> [Figure] {
    var median = Figure("ping, p50", .microseconds, aims: [.ratioAtMost(1.15, of: "redis-server")])
    var tail = Figure("ping, p99", .microseconds)
    var library = Figure("ping through the client library, p50", .microseconds)
    var rate = Figure(
      "pings a second, 64 under way", .perSecond,
      aims: [.ratioAtLeast(0.5, of: "redis-server"), .ratioAtLeast(5, of: "deltachat-rpc-server")])

    let running = try bench.subjects().map { try bench.launch($0) }
    let sockets = try running.map { try $0.connect() }
    let client = BlockingClient(
      path: Subject.socket(in: running[0].folder), options: ClientOptions(name: "companion-bench"))
    try client.connect()

    try pinThisProcess(to: bench.options.cpus.subject)
    for (subject, socket) in zip(running, sockets) { _ = try times(subject.subject, socket, count: 500) }
    try bench.alternate(running) { index, subject in
      let times = try times(subject.subject, sockets[index], count: bench.amount(20_000))
      median.add(times.median, for: subject.subject.name)
      tail.add(times.percentile(0.99), for: subject.subject.name)
      if index == 0 { library.add(try libraryTimes(client).median, for: subject.subject.name) }
    }
    try pinThisProcess(to: bench.options.cpus.bench)
    for (subject, socket) in zip(running, sockets) {
      _ = try throughput(subject.subject, socket, batches: 50)
    }
    try bench.alternate(running) { index, subject in
      // The slow ones would make a round of the same work last for minutes.
      let batches = bench.amount(subject.subject.door == .stdio ? 400 : 8_000)
      rate.add(try throughput(subject.subject, sockets[index], batches: batches), for: subject.subject.name)
    }
    return [median, tail, library, rate]
  }

  private func times(_ subject: Subject, _ socket: LineSocket, count: Int) throws -> [Double] {
    let ping = subject.ping(1)
    return try (0..<count).map { _ in
      let start = now()
      try socket.exchange(ping)
      return Double(now() - start) / 1000
    }
  }

  private func libraryTimes(_ client: BlockingClient) throws -> [Double] {
    try (0..<bench.amount(5000)).map { _ in
      let start = now()
      _ = try client.call(Ping.self)
      return Double(now() - start) / 1000
    }
  }

  private func throughput(_ subject: Subject, _ socket: LineSocket, batches: Int) throws -> Double {
    let requests = (1...Self.depth).flatMap { subject.ping($0) }
    let start = now()
    for _ in 0..<batches { try socket.exchange(requests, lines: Self.depth) }
    return Double(batches * Self.depth) / (Double(now() - start) / 1e9)
  }
}
