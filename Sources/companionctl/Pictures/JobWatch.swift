import Base
import Client
import FoundationEssentials
import Model
import Wire

/// Waits for jobs, over lost connections and restarts of the daemon, with a bar on a terminal. Whoever interrupts it cancels nothing.
struct JobWatch {
  private let client: BlockingClient
  private let invocation: Invocation
  private var jobs: [ULID: Job] = [:]
  private var order: [ULID] = []
  private var barLength = 0

  /// Before the jobs are asked for, so that nothing is missed between.
  init(_ client: BlockingClient, _ invocation: Invocation) {
    self.client = client
    self.invocation = invocation
    _ = client.subscribe(Interest(topics: ["job"]))
  }

  /// Returns when all are over, in their order.
  mutating func wait(for asked: [Job]) throws -> [Job] {
    for job in asked {
      jobs[job.id] = job
      order.append(job.id)
    }
    // What happened before the subscription stood.
    try read()
    while let _ = jobs.values.first(where: { !$0.state.isOver }), let news = try client.nextNews() {
      switch news {
      case .event(let event): take(event)
      case .missed, .ready(_, restarted: .some): try read()
      case .refused(_, let error): throw ClientError.daemon(error)
      default: break
      }
      draw()
    }
    clear()
    return order.compactMap { jobs[$0] }
  }

  private mutating func take(_ event: EventNotification.Params) {
    guard event.topic.hasPrefix("job."), let told = event.payload(JobCreated.self)?.job, jobs[told.id] != nil
    else { return }
    jobs[told.id] = told
  }

  private mutating func read() throws {
    for id in order where jobs[id].map({ !$0.state.isOver }) ?? false {
      let params = JobGet.Params(job: id)
      jobs[id] = try client.call(JobGet.self, params, timeout: Invocation.patience).job
    }
  }

  // MARK: The bar

  private mutating func draw() {
    guard invocation.err.canErase, !invocation.json,
      let job = order.compactMap({ jobs[$0] }).first(where: { !$0.state.isOver })
    else { return }
    let done = jobs.values.count { $0.state.isOver }
    let which = order.count > 1 ? "\(done + 1) of \(order.count)  " : ""
    let line = "\(which)\(Self.words(job))"
    let width = max(20, (invocation.err.columns ?? 80) - 1)
    invocation.err.write(Array("\r\u{1B}[K\(line.fitted(to: width))".utf8))
    barLength = line.count
  }

  private mutating func clear() {
    if barLength > 0 { invocation.err.write(Array("\r\u{1B}[K".utf8)) }
    barLength = 0
  }

  /// A job's state in one line.
  static func words(_ job: Job) -> String {
    switch job.state {
    case .queued:
      if let at = job.nextTryAt {
        let why = job.error.map { ": \($0.message.flattened.escaped)" } ?? ""
        return "waits for another try at \(at.minute)\(why)"
      }
      return "queued"
    case .running:
      var parts = ["\(bar(job.progress)) \(Int((job.progress * 100).rounded())) %"]
      if let ahead = job.ahead, ahead > 0 { parts.append("\(ahead) before it") }
      if let step = job.step, let steps = job.steps { parts.append("step \(step) of \(steps)") }
      if let left = job.etaMs { parts.append("\(Amounts.span(milliseconds: left)) left") }
      return parts.joined(separator: "  ")
    case .succeeded: return "done"
    case .failed: return "failed: \(job.error?.message.flattened.escaped ?? "nobody said why")"
    case .cancelled: return "cancelled"
    }
  }

  private static func bar(_ progress: Double) -> String {
    let full = min(20, max(0, Int((progress * 20).rounded(.down))))
    return String(repeating: "█", count: full) + String(repeating: "░", count: 20 - full)
  }
}
