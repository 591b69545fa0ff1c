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
  private let isCounted: Bool

  /// 500 replies of 50 tokens/s for 10 seconds, two followers each; and what is left of it when everybody has gone.
  static func many(_ bench: Bench) -> Streams {
    Streams(bench, chats: bench.amount(500), followers: 2, isCounted: true)
  }

  static func one(_ bench: Bench) -> Streams {
    Streams(bench, chats: 1, followers: bench.amount(1000), isCounted: false)
  }

  private init(_ bench: Bench, chats: Int, followers: Int, isCounted: Bool) {
    self.bench = bench
    self.chats = chats
    self.followers = followers
    self.isCounted = isCounted
    tokens = bench.amount(500)
    name = "\(chats == 1 ? "1 reply" : "\(chats) replies"), \(followers) followers each"
  }

  func measure() async throws -> [Figure] {
    func aims(_ limit: Double) -> [Figure.Aim] { isCounted ? [.atMost(limit)] : [] }
    var median = Figure("\(name): lag of a token, p50", .milliseconds)
    var tail = Figure("\(name): lag of a token, p99", .milliseconds, aims: aims(50))
    var lost = Figure("\(name): tokens lost", .none, aims: [.atMost(0)])
    var cores = Figure("\(name): processors used", .none, aims: aims(0.6))
    var memory = Figure("\(name): most memory (PSS)", .mebibytes, aims: aims(64))
    var left = Figure("\(name): memory (PSS) afterwards", .mebibytes, aims: aims(16))
    var wakeUps = Figure("\(name): wake-ups in \(idleSeconds) idle seconds", .wakeUps, aims: aims(0))
    for _ in 0..<bench.options.rounds {
      let run = try await run()
      let lags = run.deliveries.lags
      median.add(lags.median, for: "companiond")
      tail.add(lags.percentile(0.99), for: "companiond")
      lost.add(Double(chats * followers * tokens - lags.count), for: "companiond")
      cores.add(run.cores, for: "companiond")
      memory.add(run.memory, for: "companiond")
      left.add(run.left, for: "companiond")
      wakeUps.add(Double(run.wakeUps), for: "companiond")
    }
    return [median, tail, lost, cores, memory] + (isCounted ? [left, wakeUps] : [])
  }

  private var idleSeconds: Int { bench.amount(10) }

  private struct Run {
    let deliveries: [Crowd.Delivery]
    let cores: Double
    let memory: Double
    var left = 0.0
    var wakeUps = 0
  }

  private func run() async throws -> Run {
    let upstream = try Upstream(
      .init(firstAfter: .milliseconds(20), between: .milliseconds(20), tokens: tokens))
    let stage = try Conversations(bench, chats: chats, upstream: upstream)
    let facts = stage.running.facts
    let crowd = try stage.crowd(followers: followers)
    let (startedAt, before) = (now(), facts.processorSeconds)
    try stage.startAll()
    // Looked at while they stream: the most is what counts.
    var memory = 0.0
    for _ in 0..<4 {
      usleep(UInt32(tokens) * 20_000 / 5)
      memory = max(memory, try facts.proportionalMebibytes())
    }
    try await crowd.end(within: .milliseconds(20 * tokens) + .seconds(60))
    let cores = (facts.processorSeconds - before) / (Double(now() - startedAt) / 1e9)
    memory = max(memory, try facts.proportionalMebibytes())
    var run = Run(deliveries: await crowd.deliveries, cores: cores, memory: memory)
    await crowd.close()
    await upstream.close()
    if isCounted {
      // Timers of its own, the longest of them that of the log, have gone off by then.
      sleep(UInt32(max(7, bench.amount(15))))
      run.left = try facts.proportionalMebibytes()
      let switches = facts.switches()
      sleep(UInt32(idleSeconds))
      run.wakeUps = facts.wakeUps(since: switches)
    }
    stage.running.stop()
    return run
  }
}
