package import Base
package import HTTP
import Model

/// What all providers are given: the outside world, as values.
package struct ProviderSeams {
  package var client: HTTPClient
  package var timing: LoopTiming
  package var wallClock: WallClock
  package var random: RandomSource
  package var log: Log
  package var metrics: Metrics

  package init(
    client: HTTPClient, timing: LoopTiming = .system, wallClock: WallClock = .system,
    random: RandomSource = .system,
    log: Log = Log(.silent, component: "providers"), metrics: Metrics = Metrics()
  ) {
    self.client = client
    self.timing = timing
    self.wallClock = wallClock
    self.random = random
    self.log = log
    self.metrics = metrics
  }
}

/// One named provider: its places, what is known of its health, and what it has taught us.
@Loop
final class Provider {
  let configuration: ProviderConfiguration
  let queue: SlotQueue
  let catalogue: ModelCatalogue
  var breaker = CircuitBreaker()
  /// It has answered since we started, so a refused connection means that it is being restarted.
  var hasAnswered = false
  private var learned: [String: Learned] = [:]
  private let seams: ProviderSeams

  init(_ configuration: ProviderConfiguration, _ seams: ProviderSeams) {
    self.configuration = configuration
    self.seams = seams
    queue = SlotQueue(width: configuration.concurrency)
    catalogue = ModelCatalogue(configuration, seams)
  }

  var dialect: (any Dialect)? {
    switch configuration.kind {
    case .openai: OpenAIDialect()
    case .anthropic: AnthropicDialect()
    case .ollama: OllamaDialect()
    case .offline: nil
    }
  }

  func target(_ model: String) -> Target {
    Target(
      configuration: configuration, model: model, capabilities: catalogue.capabilities(of: model),
      learned: learned[model] ?? Learned())
  }

  func attempt(
    _ request: ChatRequest, model: String, tell: @escaping @Loop (AttemptEvent) -> Void
  ) -> any Attempt {
    guard let dialect else {
      return OfflineAttempt(
        request, pace: configuration.pace, timing: seams.timing, random: seams.random, tell: tell)
    }
    return HTTPAttempt(
      request, target: target(model), dialect: dialect, client: seams.client, timing: seams.timing,
      wallClock: seams.wallClock, tell: tell)
  }

  /// Whether the refusal taught something, so that asking again at once makes sense.
  func learns(from error: ServerError, sent: [String: JSONValue], model: String) -> Bool {
    var lesson = learned[model] ?? Learned()
    guard let dialect, dialect.learn(from: error, sent: sent, &lesson) else { return false }
    learned[model] = lesson
    seams.log.info("a model's habits were learnt", ["provider": configuration.name, "model": model])
    return true
  }

  func noteMissedThinkingTag(of model: String) { learned[model, default: Learned()].startsThinking = true }

  /// Whether the failure speaks of the provider's health rather than of one request.
  func note(_ error: ProviderError) {
    if error.cause.isOfHealth { breaker.failed(at: seams.timing.now()) } else { hasAnswered = true }
  }

  func noteSuccess() {
    hasAnswered = true
    breaker.succeeded()
  }
}
