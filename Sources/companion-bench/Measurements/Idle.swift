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
      let alone = try proportionalBytes(running.pid)
      memory.add(alone / 1_048_576, for: subject.name)
      guard subject.door == .socket else { return }
      var sockets: [LineSocket] = []
      for _ in 0..<connections {
        let socket = try running.connect()
        try socket.exchange(subject.ping(1))
        sockets.append(socket)
      }
      usleep(500_000)
      each.add((try proportionalBytes(running.pid) - alone) / Double(connections), for: subject.name)
      withExtendedLifetime(sockets) {}
    }

    // All at once: nobody wakes another.
    let running = try bench.subjects().map { try bench.launch($0) }
    let sockets = try running.map { try $0.connect() }
    for (program, socket) in zip(running, sockets) { try socket.exchange(program.subject.ping(1)) }
    sleep(2)
    let before = running.map { switches($0.pid) }
    sleep(UInt32(seconds))
    for (program, before) in zip(running, before) {
      let found = self.wakeUps(from: before, to: switches(program.pid))
      wakeUps.add(Double(found), for: program.subject.name)
    }
    withExtendedLifetime(sockets) {}
    return [memory, each, wakeUps]
  }

  /// How often each of its threads has been given a processor: one that sleeps through does not count up.
  private func switches(_ pid: pid_t) -> [String: Int] {
    var found: [String: Int] = [:]
    guard let folder = unsafe opendir("/proc/\(pid)/task") else { return [:] }
    defer { unsafe closedir(folder) }
    while let entry = unsafe readdir(folder) {
      let thread = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard Int(thread) != nil else { continue }
      let status = contents(of: "/proc/\(pid)/task/\(thread)/status")
      found[thread] =
        (number("voluntary_ctxt_switches:", in: status) ?? 0)
        + (number("nonvoluntary_ctxt_switches:", in: status) ?? 0)
    }
    return found
  }

  /// Threads that are new count from their beginning; those that have ended no longer tell.
  private func wakeUps(from before: [String: Int], to after: [String: Int]) -> Int {
    after.reduce(0) { $0 + $1.value - (before[$1.key] ?? 0) }
  }
}

/// Memory of a process, pages that it shares counted by their share.
func proportionalBytes(_ pid: pid_t) throws -> Double {
  guard let kilobytes = number("Pss:", in: contents(of: "/proc/\(pid)/smaps_rollup")) else {
    throw Trouble("The memory of process \(pid) cannot be read.")
  }
  return Double(kilobytes) * 1024
}

private func number(_ name: String, in text: String) -> Int? {
  let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
  return line?.dropFirst(name.count).split(separator: " ").first.flatMap {
    Int($0.filter { $0.isNumber })
  }
}
