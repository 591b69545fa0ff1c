import Glibc

/// `idle`: what a program costs that nobody talks to: memory (proportional: shared pages count by their share), memory for each
/// idle connection, and how often it wakes up.
///
/// A fresh process each round; each connection has had one reply before it falls silent.
struct Idle {
  private let bench: Bench
  private let connections: Int
  private let seconds: Int

  init(_ bench: Bench) {
    self.bench = bench
    connections = bench.amount(1000)
    seconds = bench.amount(10)
  }

  func measure() throws -> [Figure] {
    var memory = Figure("idle memory (PSS)", .mebibytes, aims: [.atMostBeyond(2, of: "redis-server")])
    var each = Figure("memory for each of \(connections) idle connections", .bytes, aims: [.atMost(8192)])
    var wakeUps = Figure("wake-ups in \(seconds) idle seconds", .wakeUps, aims: [.atMost(0)])

    try bench.alternate(bench.subjects()) { _, subject in
      let running = try bench.launch(subject)
      try running.connect().exchange(subject.ping(1))
      usleep(500_000)
      let alone = try running.facts.proportionalMebibytes()
      memory.add(alone, for: subject.name)
      guard subject.door == .socket else { return }
      var sockets: [LineSocket] = []
      for _ in 0..<connections {
        let socket = try running.connect()
        try socket.exchange(subject.ping(1))
        sockets.append(socket)
      }
      usleep(500_000)
      let more = try running.facts.proportionalMebibytes() - alone
      each.add(more * 1_048_576 / Double(connections), for: subject.name)
      withExtendedLifetime(sockets) {}
    }

    // All at once: nobody wakes another.
    let running = try bench.subjects().map { try bench.launch($0) }
    let sockets = try running.map { try $0.connect() }
    for (program, socket) in zip(running, sockets) { try socket.exchange(program.subject.ping(1)) }
    sleep(2)
    let before = running.map { $0.facts.switches() }
    sleep(UInt32(seconds))
    for (program, before) in zip(running, before) {
      wakeUps.add(Double(program.facts.wakeUps(since: before)), for: program.subject.name)
    }
    withExtendedLifetime(sockets) {}
    return [memory, each, wakeUps]
  }
}
