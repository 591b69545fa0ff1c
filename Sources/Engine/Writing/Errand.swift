import Base
import Model
import Providers
import Store

/// Something a model is asked to write beside the talk: a title, a line for the person, a better card. A turn without a message; what it
/// came to is the turn's `result`. It takes no chat lock, and lives until its last commit, whoever waits for it.
@Loop
final class Errand {
  /// What an answer comes to: the result, and what is done with it in the commit that ends the turn.
  struct Product: Sendable {
    var result: JSONValue
    /// Nil for what is only shown.
    var apply: (@Sendable (Transaction) throws -> [Event])?

    init(_ result: JSONValue, apply: (@Sendable (Transaction) throws -> [Event])? = nil) {
      self.result = result
      self.apply = apply
    }
  }

  struct Order {
    var turn: Turn
    var owner: Owner
    /// `again` is the second try, after an answer that could not be read.
    var request: (_ again: Bool) -> ChatRequest
    /// Nil where the answer is of no use.
    var read: (String) -> Product?
  }

  static let timeout = Duration.seconds(120)

  private(set) var turn: Turn
  let owner: Owner
  private let order: Order
  private let surroundings: Engine.Surroundings
  private let pool: ProviderPool
  private let log: Log
  private let stopwatch: Stopwatch
  private let over = Latch()
  private var asking: Asking?
  private var isCancelled = false
  private var isAbandoned = false

  init(_ order: Order, _ surroundings: Engine.Surroundings, pool: ProviderPool, log: Log) {
    self.order = order
    turn = order.turn
    owner = order.owner
    self.surroundings = surroundings
    self.pool = pool
    self.log = log.with("turn", order.turn.id)
    stopwatch = Stopwatch(surroundings.clock)
  }

  func whenOver() async { await over.wait() }

  /// The answer is not waited for any more.
  func cancel() {
    isCancelled = true
    asking?.cancel()
  }

  /// The daemon is going: as a crash would leave it, and the next start closes it.
  func abandon() {
    isAbandoned = true
    cancel()
  }

  func run() async {
    defer { over.open() }
    var product: Product?
    var error: TurnError?
    for again in [false, true] where product == nil && !isCancelled {
      let asking = Asking(
        order.request(again), model: turn.model, owner: owner, pool: pool, surroundings: surroundings,
        timeout: Self.timeout, isTail: false)
      self.asking = asking
      move(to: .responding)
      let heard = await asking.outcome { [self] why in
        move(to: why == "queued" ? .queued : .preparing, detail: why)
      }
      self.asking = nil
      if let model = heard.model { turn.model = model }
      if let usage = heard.usage { turn.usage = usage.with(turn.usage) }
      error = Self.fault(of: heard.ending)
      guard error == nil else { break }
      product = order.read(heard.text)
      if product == nil { error = Self.unreadable }
    }
    guard !isAbandoned else { return }
    if isCancelled { error = nil }
    turn.finish = isCancelled ? .cancelled : error == nil ? .stop : .error
    turn.error = error
    turn.result = isCancelled ? nil : product?.result
    turn.timing = Timing(queuedMs: 0, totalMs: stopwatch.elapsed().wholeMilliseconds)
    turn.endedAt = surroundings.wallClock.now()
    turn.phase = isCancelled ? .cancelled : error == nil ? .done : .failed
    await store(isCancelled ? nil : product)
    log.info(
      "A model was asked beside the talk.",
      [
        "kind": turn.kind.rawValue, "finish": turn.finish?.rawValue ?? "", "reason": turn.error?.reason ?? "",
        "model": turn.model, "totalMs": turn.timing?.totalMs ?? 0,
      ])
    surroundings.announce()
    surroundings.publish(Event(owner: owner, .turnEnded(turn)))
  }

  private func store(_ product: Product?) async {
    var product = product
    while true {
      let (ended, apply) = (turn, product?.apply)
      do throws(EngineError) {
        _ = try await surroundings.finishing(owner, events: { (events: [Event]) in events }) { transaction in
          let events = try apply?(transaction) ?? []
          try transaction.update(ended)
          if let usage = ended.usage {
            try transaction.add(usage, model: ended.model, chat: ended.chat, for: .writing)
          }
          return events
        }
        return
      } catch {
        // What it was to be done with may have gone meanwhile; then the turn still has to end.
        log.error("What a model wrote could not be stored.", ["error": "\(error)"])
        guard apply != nil else { return }
        product?.apply = nil
        turn.phase = .failed
        turn.finish = .error
        turn.error = TurnError(
          code: 15, message: "What the model wrote could not be stored: \(error.sentence)",
          data: ["reason": "storage_failed", "retryable": true])
      }
    }
  }

  private func move(to phase: Turn.Phase, detail: String? = nil) {
    turn.phase = phase
    surroundings.publish(Event(owner: owner, .turnPhase(turn, detail: detail)))
  }

  // MARK: What went wrong

  private static let unreadable = TurnError(
    code: 6,
    message:
      "The model's answer was of no use, twice. Another model may do better; the offline one writes no cards.",
    data: ["reason": "answer_unreadable", "retryable": true])

  private static func fault(of ending: Asking.Ending) -> TurnError? {
    switch ending {
    case .finished: nil
    case .preempted, .timedOut:
      TurnError(
        code: 14, message: "The model took longer than \(timeout.components.seconds) s.",
        data: ["reason": "timed_out", "retryable": true])
    case .failed(let error): error.turnError
    }
  }
}

extension EngineError {
  /// For people, where only a sentence is shown.
  fileprivate var sentence: String {
    switch self {
    case .notFound(let kind, _): "the \(kind) is gone."
    case .storageFull: "the disk is full."
    case .invalid(let path, let expected): "\(path) must be \(expected)."
    default: "see the log."
    }
  }
}
