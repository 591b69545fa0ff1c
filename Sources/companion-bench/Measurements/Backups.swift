import Client
import Glibc
import Posix
import Wire

/// `backup`: how long tokens take while backups are made one after the other, beside how long they take without.
///
/// 50 replies of 50 tokens/s with two followers each, and a vault with a hundred thousand messages more. Quiet windows and windows
/// full of backups take turns within one run; a round's figure is the median of its windows' own 99th percentiles.
struct Backups {
  private let bench: Bench
  private static let chats = 50
  private static let followers = 2
  private static let windows = 5
  private static let between = Duration.milliseconds(20)
  private static let quiet = "without backups"
  private let messages: Int
  private let window: Double

  init(_ bench: Bench) {
    self.bench = bench
    messages = bench.amount(100_000)
    window = bench.options.tenth ? 0.3 : 2
  }

  func measure() async throws -> [Figure] {
    let name = "\(Self.chats) replies, \(Self.followers) followers each, while backed up"
    var median = Figure("\(name): lag of a token, p50", .milliseconds)
    var tail = Figure("\(name): lag of a token, p99", .milliseconds, aims: [.ratioAtMost(2, of: Self.quiet)])
    var lost = Figure("\(name): tokens lost", .none, aims: [.atMost(0)])
    var made = Figure("\(name): backups of \(shown(Double(messages))) messages", .perSecond)
    for _ in 0..<bench.options.rounds {
      let run = try await run()
      for (subject, windows) in [("companiond", run.backedUp), (Self.quiet, run.quiet)] {
        let lags = windows.map { window in run.deliveries.filter { window.contains($0.at) }.lags }
        median.add(lags.map(\.median).median, for: subject)
        tail.add(lags.map { $0.percentile(0.99) }.median, for: subject)
      }
      lost.add(Double(run.expected - run.deliveries.count), for: "companiond")
      made.add(run.backupsPerSecond, for: "companiond")
    }
    return [median, tail, lost, made]
  }

  private struct Run {
    var deliveries: [Crowd.Delivery] = []
    var expected = 0
    var quiet: [Range<Int64>] = []
    var backedUp: [Range<Int64>] = []
    var backups = 0

    var backupsPerSecond: Double {
      Double(backups) / backedUp.reduce(0) { $0 + Double($1.upperBound - $1.lowerBound) / 1e9 }
    }
  }

  private func run() async throws -> Run {
    // A window ends with its last backup, so the run may be longer than its windows: half as long again.
    let tokens = Int(window * Double(2 * Self.windows) * 1.5 * 50)
    let upstream = try Upstream(
      .init(firstAfter: .milliseconds(20), between: Self.between, tokens: tokens))
    let stage = try Conversations(bench, chats: Self.chats, upstream: upstream).filled(messages, bench)
    let client = BlockingClient(
      path: Subject.socket(in: stage.running.folder), options: ClientOptions(name: "companion-bench"))
    let crowd = try stage.crowd(followers: Self.followers)
    try stage.startAll()
    var run = Run(expected: Self.chats * Self.followers * tokens)
    // The first tokens of all come at once.
    usleep(500_000)
    for _ in 0..<Self.windows {
      let start = now()
      usleep(UInt32(window * 1e6))
      run.quiet.append(start..<now())
      run.backedUp.append(try backUp(client, &run.backups))
    }
    client.close()
    try await crowd.end(within: .seconds(120))
    run.deliveries = await crowd.deliveries
    await crowd.close()
    await upstream.close()
    stage.running.stop()
    Scratch.remove(stage.running.folder)
    return run
  }

  private func backUp(_ client: BlockingClient, _ count: inout Int) throws -> Range<Int64> {
    let start = now()
    while Double(now() - start) / 1e9 < window {
      _ = try client.call(BackupCreate.self, BackupCreate.Params())
      count += 1
    }
    return start..<now()
  }
}
