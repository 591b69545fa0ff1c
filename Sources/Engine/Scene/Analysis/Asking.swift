import Base
import Model
import Providers

/// One request whose answer is wanted whole, from the asking to its end, with a time limit of its own: a server that says nothing, or goes on for ever, is
/// hung up on.
@Loop
final class Asking {
  enum Ending: Sendable {
    case finished(isCut: Bool)
    case preempted
    case timedOut
    case failed(ProviderError)
  }

  struct Heard: Sendable {
    var text = ""
    var usage: Usage?
    var model: String?
    var ending = Ending.timedOut
  }

  private let request: ChatRequest
  private let model: String
  private let place: QueuePlace
  private let pool: ProviderPool
  private let surroundings: Engine.Surroundings
  private let timeout: Duration
  private let heard = Promise<Heard>()
  private var soFar = Heard()
  private var isOver = false
  private var isLate = false
  private var handle: (any ReplyHandle)?
  private var timer: Task<Void, Never>?
  private var wait: (@Loop (String) -> Void)?

  init(
    _ request: ChatRequest, model: String, owner: Owner, pool: ProviderPool,
    surroundings: Engine.Surroundings, timeout: Duration, isTail: Bool = true
  ) {
    self.request = request
    self.model = model
    self.pool = pool
    self.surroundings = surroundings
    self.timeout = timeout
    place = QueuePlace(isTail: isTail, owner: owner.uid)
  }

  /// Once. `waiting` is told why there is no answer yet.
  func outcome(waiting: @escaping @Loop (String) -> Void) async -> Heard {
    wait = waiting
    startTimer()
    handle = pool.start(request, model: model, place: place) { [self] event in hear(event) }
    return await heard.wait()
  }

  /// Hangs up; the outcome comes at once.
  func cancel() { handle?.cancel() }

  private func hear(_ event: ReplyEvent) {
    guard !isOver else { return }
    switch event {
    case .waiting(.queued):
      // Waiting for a place may take as long as it likes: it costs nobody anything.
      timer?.cancel()
      timer = nil
      wait?("queued")
    case .waiting(.retrying(_, _, let error)): wait?(error.reason)
    case .waiting(.loading): wait?("loading")
    case .notice(.asked): if timer == nil { startTimer() }
    case .notice, .reasoning: break
    case .started(let name): soFar.model = ModelNameRule.allows(name) ? name : nil
    case .text(let piece): soFar.text += piece
    case .usage(let usage): soFar.usage = usage.usage
    case .finish(let end): finish(isLate ? .timedOut : .finished(isCut: end.reason == .length))
    case .failure(let error): finish(error.kind == .preempted ? .preempted : .failed(error))
    }
  }

  private func finish(_ ending: Ending) {
    isOver = true
    timer?.cancel()
    (timer, handle, wait) = (nil, nil, nil)
    soFar.ending = ending
    if soFar.usage == nil, !soFar.text.isEmpty {
      soFar.usage = Usage(
        promptTokens: pool.tokens(in: request.textBytes, model: model),
        completionTokens: pool.tokens(in: soFar.text.utf8.count, model: model), estimated: true)
    }
    heard.keep(soFar)
  }

  private func startTimer() {
    let (clock, timeout) = (surroundings.clock, timeout)
    timer = surroundings.begin { [weak self] in
      guard (try? await clock.sleep(for: timeout)) != nil, let self, !isOver else { return }
      isLate = true
      handle?.cancel()
    }
  }
}
