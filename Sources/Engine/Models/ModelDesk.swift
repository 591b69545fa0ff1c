import Base
package import Model
package import Providers

/// What there is to ask: models, lists of them, and servers nearby.
@Loop
package final class ModelDesk {
  private let surroundings: Engine.Surroundings
  private let pool: ProviderPool
  /// The model where neither the call nor the chat names one.
  package var standard: String

  init(_ surroundings: Engine.Surroundings, pool: ProviderPool, standard: String) {
    self.surroundings = surroundings
    self.pool = pool
    self.standard = standard
  }

  /// Never fails: a provider that cannot be asked is one of the listing's failures.
  package func list(refresh: Bool) async -> ModelListing {
    let promise = Promise<ProviderPool.Listing>()
    pool.models(refresh: refresh) { promise.keep($0) }
    let listing = await promise.wait()
    return ModelListing(
      models: listing.models.map {
        .init(
          id: $0.id, provider: $0.provider, capabilities: $0.capabilities.names,
          contextTokens: $0.contextTokens,
          isOffline: $0.isOffline)
      },
      lists: listing.lists.sorted { $0.key < $1.key }.map { .init(name: $0.key, models: $0.value) },
      standard: standard,
      failures: listing.failures.map { .init(provider: $0.provider, message: $0.description) })
  }

  /// Asks nobody but this machine, and takes 300 ms at most; what was found so far when the task is cancelled.
  package func probe() async -> [FoundServer] {
    let promise = Promise<[LoopbackProbe.Found]>()
    let probing = pool.probe { promise.keep($0) }
    let surroundings = surroundings
    let found = await promise.wait(onCancel: { surroundings.perform { probing.cancel() } })
    return found.map {
      FoundServer(kind: $0.kind, url: $0.url, models: $0.models, latency: $0.latency)
    }
  }

  /// How a model answered.
  package struct Trial: Sendable {
    package var model: String
    package var text = ""
    package var firstToken: Duration?
    package var total: Duration = .zero
    package var usage: Usage?
  }

  /// Takes a place among the replies of the owner. Whoever vanishes meanwhile has asked all the same; who cancels the task has not,
  /// and the server is hung up on.
  package func test(_ model: String, of owner: Owner) async throws(EngineError) -> Trial {
    try ModelNameRule.check(model, at: "model")
    let surroundings = surroundings
    let request = ChatRequest(
      [.init(.user, "Say hello in one short sentence.")], maxTokens: 32, task: .other, maxBytes: 4096)
    let stopwatch = Stopwatch(surroundings.clock)
    let promise = Promise<Result<Trial, EngineError>>()
    var trial = Trial(model: model)
    let inquiry = Inquiry()
    inquiry.handle = pool.start(request, model: model, place: QueuePlace(owner: owner.uid)) { event in
      switch event {
      case .started(let name): trial.model = name
      case .text(let piece):
        if trial.firstToken == nil { trial.firstToken = stopwatch.elapsed() }
        trial.text += piece
      case .usage(let usage): trial.usage = usage.usage
      case .waiting, .reasoning, .notice: break
      case .finish(let end) where end.reason == .cancelled: promise.keep(.failure(.cancelled))
      case .finish:
        trial.total = stopwatch.elapsed()
        promise.keep(.success(trial))
      case .failure(let error): promise.keep(.failure(.providerFailed(error.turnError)))
      }
    }
    let outcome = await promise.wait(onCancel: { surroundings.perform { inquiry.handle?.cancel() } })
    return try outcome.get()
  }

  /// What can be called off from outside the loop, too.
  @Loop private final class Inquiry {
    var handle: (any ReplyHandle)?
  }
}
