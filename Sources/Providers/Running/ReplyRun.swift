import Base
import HTTP
import Model

/// A reply on its way, for whoever asked for it.
@Loop
package protocol ReplyHandle: AnyObject {
  /// Closes the connection at once, tells what was still held back of the text, and then `finish(.cancelled)`, all before it
  /// returns. After the last event it does nothing.
  func cancel()
  /// The same for a reply that is whole as it is: it counts as one that stopped.
  func stop()
}

/// One reply from the first attempt to the last event: chooses a provider, waits for a place, asks, and as long as nothing was
/// shown asks again or asks another.
@Loop
final class ReplyRun: ReplyHandle {
  struct Candidate {
    let provider: Provider
    let model: String
  }

  private let request: ChatRequest
  private let candidates: [Candidate]
  private let place: QueuePlace
  private let seams: ProviderSeams
  private let startedAt: Duration
  private var sink: (@Loop (ReplyEvent) -> Void)?

  /// Whoever forgets the handle still hears the end.
  private var keepsItself: ReplyRun?
  private var ticket: SlotQueue.Ticket?
  private var attempt: (any Attempt)?
  private var alarm: Alarm?
  private var attempts = 0
  private var rounds = 1
  private var lessons = 0
  /// Candidates that failed in this round, and those that will go on failing.
  private var tried: Set<Int> = []
  private var refused: Set<Int> = []
  private var hasShown = false
  private var hasStarted = false
  private var hasQueued = false

  /// Each lesson changes the request; there are only so many members to leave out.
  private static let maxLessons = 12

  init(
    _ request: ChatRequest, _ candidates: [Candidate], place: QueuePlace, seams: ProviderSeams,
    sink: @escaping @Loop (ReplyEvent) -> Void
  ) {
    precondition(!candidates.isEmpty)
    self.request = request
    self.candidates = candidates
    self.place = place
    self.seams = seams
    self.sink = sink
    startedAt = seams.timing.now()
    keepsItself = self
  }

  private var log: Log { request.turn.map { seams.log.with("turn", $0) } ?? seams.log }

  func begin() {
    guard sink != nil else { return }
    let index = choose()
    let candidate = candidates[index]
    let now = seams.timing.now()
    if candidate.provider.breaker.isOpen(at: now), place.isTail {
      // A tail can wait; a person's reply is worth one try.
      return end(
        .failure(
          ProviderError(
            .unavailable, .circuitOpen, provider: candidate.provider.configuration.name,
            model: candidate.model,
            attempts: attempts, detail: "several requests in a row failed",
            retryAfter: candidate.provider.breaker.remaining(at: now))))
    }
    let ticket = candidate.provider.queue.enter(
      place,
      ready: { [weak self] ticket in
        self?.ticket = ticket
        self?.launch(index)
      }, preempt: { [weak self] in self?.preempt(index) })
    guard ticket.isWaiting else { return }
    self.ticket = ticket
    hasQueued = true
    tell(.waiting(.queued(ahead: candidate.provider.queue.ahead(of: ticket))))
  }

  func cancel() { close(.cancelled) }

  func stop() { close(.stop) }

  private func close(_ reason: Finish) {
    guard sink != nil else { return }
    attempt?.cancel()
    end(.finish(ReplyEnd(reason)))
  }

  // MARK: Choosing and asking

  /// The first with a free place and a closed breaker; else the first with a closed breaker; else the first.
  private func choose() -> Int {
    let now = seams.timing.now()
    let open = candidates.indices.filter { !tried.contains($0) && !refused.contains($0) }
    let healthy = open.filter { !candidates[$0].provider.breaker.isOpen(at: now) }
    let free = healthy.first { candidates[$0].provider.queue.hasPlace(for: place) }
    return free ?? healthy.first ?? open.first ?? 0
  }

  private func launch(_ index: Int) {
    guard sink != nil else { return }
    attempts += 1
    if hasQueued, place.isTail { tell(.notice(.asked)) }
    let candidate = candidates[index]
    log.debug(
      "A model is asked.",
      ["provider": candidate.provider.configuration.name, "model": candidate.model, "attempt": attempts])
    attempt = candidate.provider.attempt(request, model: candidate.model) { [weak self] event in
      self?.take(event, index)
    }
  }

  private func take(_ event: AttemptEvent, _ index: Int) {
    guard sink != nil else { return }
    let candidate = candidates[index]
    switch event {
    case .reply(let event):
      switch event {
      case .text, .reasoning:
        start(candidate)
        hasShown = true
      default: break
      }
      tell(event)
    case .finished(let finish, let missedThinkingTag):
      candidate.provider.noteSuccess()
      if missedThinkingTag { candidate.provider.noteMissedThinkingTag(of: candidate.model) }
      start(candidate)
      end(.finish(finish))
    case .failed(let error, let said, let sent):
      attempt = nil
      if let said, !hasShown, lessons < Self.maxLessons,
        candidate.provider.learns(from: said, sent: sent, model: candidate.model)
      {
        // The same place, another form of the request; not the server's failure.
        lessons += 1
        attempts -= 1
        return launch(index)
      }
      leave()
      candidate.provider.note(error)
      failed(error, index)
    }
  }

  private func failed(_ error: ProviderError, _ index: Int) {
    var error = error
    error.attempts = attempts
    log.notice(
      "A provider failed.",
      [
        "provider": error.provider, "cause": error.cause.rawValue, "status": error.status ?? 0,
        "attempt": attempts,
      ])
    guard !hasShown else { return end(.failure(error)) }
    if let pause = pauseForLoading(error, index) {
      tell(.waiting(.loading(after: pause)))
      return again(after: pause)
    }
    tried.insert(index)
    if !error.isWorthRetrying { refused.insert(index) }
    if candidates.indices.contains(where: { !tried.contains($0) && !refused.contains($0) }) { return begin() }
    // All have been asked in this round.
    guard refused.count < candidates.count, rounds < Backoff.attempts,
      !candidates[index].provider.breaker.isOpen(at: seams.timing.now()) || candidates.count > 1
    else { return end(.failure(error)) }
    let wait = Backoff.wait(afterAttempt: rounds, asked: error.retryAfter, random: seams.random)
    guard wait <= Backoff.longestAsked else { return end(.failure(error)) }
    rounds += 1
    tried = []
    tell(.waiting(.retrying(attempt: attempts + 1, after: wait, because: error)))
    again(after: wait)
  }

  /// A server that says it is loading, or that was there a moment ago and is being restarted, is waited for as long as for a first
  /// token, unless another can be asked.
  private func pauseForLoading(_ error: ProviderError, _ index: Int) -> Duration? {
    let candidate = candidates[index]
    let isComingBack =
      error.cause == .connection && error.status == nil && candidate.provider.hasAnswered
      && HTTPURL.isLoopback(candidate.provider.configuration.url)
    guard error.cause == .loading || isComingBack, candidates.count == 1 else { return nil }
    let waited = seams.timing.now() - startedAt
    let patience =
      isComingBack
      ? min(candidate.provider.configuration.firstTokenTimeout, .seconds(90))
      : candidate.provider.configuration.firstTokenTimeout
    let pause = max(error.retryAfter ?? .zero, .seconds(min(attempts, 5)))
    return waited + pause <= patience ? pause : nil
  }

  private func again(after pause: Duration) {
    alarm = seams.timing.after(pause) { [weak self] in
      self?.alarm = nil
      self?.begin()
    }
  }

  // MARK: Telling

  private func start(_ candidate: Candidate) {
    guard !hasStarted else { return }
    hasStarted = true
    tell(.started(model: "\(candidate.provider.configuration.name)/\(candidate.model)"))
  }

  private func preempt(_ index: Int) {
    attempt?.cancel()
    let name = candidates[index].provider.configuration.name
    end(.failure(ProviderError(.preempted, .preempted, provider: name, attempts: attempts, detail: "")))
  }

  private func tell(_ event: ReplyEvent) { sink?(event) }

  private func leave() {
    ticket?.leave()
    ticket = nil
  }

  private func end(_ event: ReplyEvent) {
    guard let sink else { return }
    self.sink = nil
    keepsItself = nil
    alarm?.cancel()
    attempt = nil
    leave()
    sink(event)
  }
}
