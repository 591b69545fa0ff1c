import Glibc
import Posix

/// `streams` and `follow`: many replies at once, each with a few followers; and one reply with a thousand. How long a token takes
/// from the upstream's socket to a follower's, whether all of them arrive, and what the daemon needs for it.
///
/// Each round is a run of its own with a fresh daemon. Upstream and followers are this program.
struct Streams {
  private let bench: Bench
  private let chats: Int
  private let followers: Int
  private let tokens: Int
  private let name: String
  private let aims: (lag: [Figure.Aim], cpu: [Figure.Aim], memory: [Figure.Aim])

  /// 500 replies of 50 tokens/s for 10 seconds, two followers each.
  static func many(_ bench: Bench) -> Streams {
    Streams(
      bench, chats: bench.amount(500), followers: 2,
      aims: ([.atMost(50)], [.atMost(0.6)], [.atMost(64)]))
  }

  static func one(_ bench: Bench) -> Streams {
    Streams(bench, chats: 1, followers: bench.amount(1000), aims: ([], [], []))
  }

  private init(
    _ bench: Bench, chats: Int, followers: Int,
    aims: (lag: [Figure.Aim], cpu: [Figure.Aim], memory: [Figure.Aim])
  ) {
    self.bench = bench
    self.chats = chats
    self.followers = followers
    self.aims = aims
    tokens = bench.amount(500)
    name = "\(chats == 1 ? "1 reply" : "\(chats) replies"), \(followers) followers each"
  }

  func measure() async throws -> [Figure] {
    var median = Figure("\(name): lag of a token, p50", .milliseconds)
    var tail = Figure("\(name): lag of a token, p99", .milliseconds, aims: aims.lag)
    var lost = Figure("\(name): tokens lost", .none, aims: [.atMost(0)])
    var cores = Figure("\(name): processors used", .none, aims: aims.cpu)
    var memory = Figure("\(name): memory (PSS)", .mebibytes, aims: aims.memory)
    for _ in 0..<bench.options.rounds {
      let run = try await run()
      median.add(run.lags.median, for: "companiond")
      tail.add(run.lags.percentile(0.99), for: "companiond")
      lost.add(Double(chats * followers * tokens - run.lags.count), for: "companiond")
      cores.add(run.cores, for: "companiond")
      memory.add(run.memory, for: "companiond")
    }
    return [median, tail, lost, cores, memory]
  }

  private func run() async throws -> (lags: [Double], cores: Double, memory: Double) {
    let upstream = try Upstream(
      .init(firstAfter: .milliseconds(20), between: .milliseconds(20), tokens: tokens))
    let stage = try Conversations(bench, chats: chats, upstream: upstream)
    var sockets: [LineSocket] = []
    for chat in 0..<chats {
      for _ in 0..<followers {
        let socket = try stage.running.connect()
        try socket.exchange(stage.follow(chat))
        sockets.append(socket)
      }
    }
    let crowd = Crowd(sockets.map { dup($0.descriptor) })
    sockets = []
    let sender = try stage.running.connect()
    let pid = stage.running.pid
    let (startedAt, before) = (now(), processorSeconds(pid))
    for chat in 0..<chats { try sender.send(stage.send(to: chat, number: chat + 1, attach: false)) }
    try sender.receive(lines: chats)
    try await crowd.end(within: .milliseconds(20 * tokens) + .seconds(60))
    let cores = (processorSeconds(pid) - before) / (Double(now() - startedAt) / 1e9)
    let memory = try proportionalBytes(pid) / 1_048_576
    let lags = await crowd.lags
    await crowd.close()
    stage.running.stop()
    await upstream.close()
    return (lags, cores, memory)
  }
}

/// What a process has used of processors since it began.
func processorSeconds(_ pid: pid_t) -> Double {
  // The name in brackets may hold spaces; what follows it begins with the third field.
  let fields = contents(of: "/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
  guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return .nan }
  return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
}

/// The followers, on the event loop: each notes when a token reached it.
@Loop
private final class Crowd {
  private(set) var lags: [Double] = []
  private var followers: [Int32: Follower] = [:]
  private var running: Int
  private var waiting: CheckedContinuation<Void, Never>?
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)

  private final class Follower {
    let descriptor: FileDescriptor
    var line: [UInt8] = []
    var clock = TokenClock()
    init(_ raw: Int32) { descriptor = FileDescriptor(adopting: raw) }
  }

  /// Takes the descriptors over.
  nonisolated init(_ descriptors: [Int32]) {
    running = descriptors.count
    Loop.perform { self.listen(descriptors) }
  }

  private func listen(_ descriptors: [Int32]) {
    for raw in descriptors {
      UnixSocket.makeNonblocking(raw)
      let follower = Follower(raw)
      followers[raw] = follower
      EventLoop.shared.watch(raw, for: .read) { [weak self] _ in self?.read(follower) }
    }
  }

  /// Returns when every follower has heard a reply's end.
  func end(within patience: Duration) async throws {
    if running > 0 {
      let timer = EventLoop.shared.after(patience) { self.finish() }
      await withCheckedContinuation { waiting = $0 }
      timer.cancel()
    }
    guard running == 0 else { throw Trouble("\(running) followers never heard the end.") }
  }

  private func read(_ follower: Follower) {
    let transfer = unsafe buffer.withUnsafeMutableBytes { unsafe follower.descriptor.read(into: $0) }
    guard case .bytes(let count) = transfer else {
      if case .wouldBlock = transfer { return }
      EventLoop.shared.unwatch(follower.descriptor.raw)
      return
    }
    let time = now() % 1_000_000_000_000_000
    for byte in buffer[..<count] {
      if byte != 0x0A {
        follower.line.append(byte)
        continue
      }
      take(follower, at: time)
      follower.line.removeAll(keepingCapacity: true)
    }
  }

  private func take(_ follower: Follower, at time: Int64) {
    if follower.line.starts(with: LineKind.delta) {
      guard let text = follower.line.firstRange(of: LineKind.text) else { return }
      for byte in follower.line[text.upperBound...] {
        if byte == UInt8(ascii: "\"") { break }
        if let sent = follower.clock.take(byte) { lags.append(Double(time - sent) / 1e6) }
      }
    } else if follower.line.starts(with: LineKind.end) {
      running -= 1
      if running == 0 { finish() }
    }
  }

  private func finish() {
    waiting?.resume()
    waiting = nil
  }

  func close() {
    for raw in followers.keys { EventLoop.shared.unwatch(raw) }
    followers = [:]
  }
}
