import Base
import HTTP
package import Model

/// All providers by name, and the names that stand for lists of their models. The one door that Engine knocks at.
@Loop
package final class ProviderPool {
  private let seams: ProviderSeams
  private let metrics: ReplyMetrics
  private var gauge = TokenGauge()
  private var providers: [String: Provider] = [:]
  private var order: [String] = []
  private var lists: [String: [String]] = [:]

  package init(
    _ configurations: [ProviderConfiguration] = [], lists: [String: [String]] = [:], seams: ProviderSeams
  ) {
    self.seams = seams
    metrics = ReplyMetrics(seams.metrics)
    configure(configurations, lists: lists)
  }

  /// Takes a new configuration. Replies under way go on with what they began with; a provider that has not changed keeps its
  /// places, its health and its lists. The offline provider is always there.
  package func configure(_ configurations: [ProviderConfiguration], lists: [String: [String]] = [:]) {
    var all = configurations
    if !all.contains(where: { $0.name == ProviderConfiguration.offline.name }) { all.append(.offline) }
    var next: [String: Provider] = [:]
    for configuration in all {
      let known = providers[configuration.name]
      next[configuration.name] =
        known?.configuration == configuration ? known : Provider(configuration, seams)
    }
    providers = next
    order = all.map(\.name)
    self.lists = lists
  }

  // MARK: Replies

  /// Asks the model, or the first that can of a list, for a reply. Events come on the loop, none before this returns, the last
  /// being `finish` or `failure`. Dropping the handle changes nothing; only `cancel` does.
  @discardableResult
  package func start(
    _ request: ChatRequest, model: String, place: QueuePlace = QueuePlace(),
    sink: @escaping @Loop (ReplyEvent) -> Void
  ) -> any ReplyHandle {
    var request = request
    if request.estimatedTokens == nil {
      request.estimatedTokens = tokens(in: request.textBytes, model: model)
    }
    let sink = metrics.watching(seams.timing, learning(from: request, model, sink))
    switch resolve(model) {
    case .success(let candidates):
      let run = ReplyRun(request, candidates, place: place, seams: seams, sink: sink)
      _ = seams.timing.after(.zero) { run.begin() }
      return run
    case .failure(let error):
      let refusal = Refusal(error, sink)
      _ = seams.timing.after(.zero) { refusal.tell() }
      return refusal
    }
  }

  /// How many tokens a prompt of so many bytes has, as far as the model's own counts have told.
  package func tokens(in bytes: Int, model: String) -> Int { gauge.tokens(bytes, model: model) }

  /// How many tokens all models behind a name read; nil where one of them does not tell.
  package func window(of model: String) -> Int? {
    guard let models = try? models(named: model) else { return nil }
    let known = models.compactMap(\.contextTokens)
    return known.count == models.count ? known.min() : nil
  }

  private func learning(
    from request: ChatRequest, _ model: String, _ sink: @escaping @Loop (ReplyEvent) -> Void
  ) -> @Loop (ReplyEvent) -> Void {
    let bytes = request.textBytes
    return { [weak self] event in
      if case .usage(let usage) = event { self?.gauge.learn(bytes, tokens: usage.prompt, model: model) }
      sink(event)
    }
  }

  /// The provider and the request's body exactly as it would be sent to the first model of that name.
  package func preview(_ request: ChatRequest, model: String) throws(ProviderError) -> (String, JSONValue) {
    let candidate = try resolve(model).get()[0]
    let provider = candidate.provider
    guard let dialect = provider.dialect else {
      return (provider.configuration.name, OfflineAttempt.preview(request))
    }
    return (provider.configuration.name, .object(dialect.body(request, provider.target(candidate.model))))
  }

  /// What is known of the models behind a name, without asking a server, in the order they would be chosen.
  package func models(named name: String) throws(ProviderError) -> [ModelInfo] {
    try resolve(name).get().map { candidate in
      let provider = candidate.provider
      return provider.catalogue.known.first { $0.name == candidate.model }
        ?? ModelInfo(
          provider: provider.configuration.name, name: candidate.model,
          capabilities: provider.catalogue.capabilities(of: candidate.model),
          contextTokens: provider.target(candidate.model).contextTokens)
    }
  }

  /// `provider/model` (the model may have slashes itself), the name of a list, or a provider alone, which means its first model.
  private func resolve(_ name: String) -> Result<[ReplyRun.Candidate], ProviderError> {
    var candidates: [ReplyRun.Candidate] = []
    for name in lists[name] ?? [name] {
      let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
      guard let provider = parts.first.flatMap({ providers[$0] }) else { return .failure(unknown(name)) }
      let first = provider.catalogue.known.first?.name
      guard let model = parts.count == 2 ? parts[1] : first else {
        return .failure(
          ProviderError(
            .refused, .configuration, provider: provider.configuration.name, attempts: 0,
            detail: "\(name) names no model, and \(name).models in the configuration lists none"))
      }
      candidates.append(.init(provider: provider, model: model))
    }
    return candidates.isEmpty ? .failure(unknown(name)) : .success(candidates)
  }

  private func unknown(_ name: String) -> ProviderError {
    let provider = String(name.prefix { $0 != "/" })
    var detail = "there is no provider or model list named \(provider.prefix(80))"
    if let near = Suggestion.nearest(to: provider, in: order + lists.keys.sorted()) {
      detail += "; did you mean \(near)?"
    }
    return ProviderError(
      .refused, .configuration, provider: String(provider.prefix(80)), attempts: 0, detail: detail)
  }

  // MARK: Models and servers

  package struct Listing: Sendable {
    package var models: [ModelInfo] = []
    /// Names that stand for several.
    package var lists: [String: [String]] = [:]
    /// Providers that could not be asked and named no models themselves.
    package var failures: [ProviderError] = []
  }

  /// The models of all providers in the order of the configuration; from memory where that is fresh enough.
  package func models(refresh: Bool = false, then: @escaping @Loop (Listing) -> Void) {
    var answers: [String: ModelCatalogue.Listing] = [:]
    let order = order
    let lists = lists
    var open = order.count
    for name in order {
      providers[name]?.catalogue.list(refresh: refresh) { answer in
        answers[name] = answer
        open -= 1
        guard open == 0 else { return }
        var listing = Listing(lists: lists)
        for name in order {
          switch answers[name] {
          case .success(let models): listing.models += models
          case .failure(let error): listing.failures.append(error)
          case nil: break
          }
        }
        then(listing)
      }
    }
  }

  /// Servers found on this machine.
  package func probe(then: @escaping @Loop ([LoopbackProbe.Found]) -> Void) {
    LoopbackProbe().run(seams.client, timing: seams.timing, then: then)
  }

  package struct Status: Sendable, Hashable {
    package var name: String
    package var kind: ProviderConfiguration.Kind
    package var running: Int
    package var waiting: Int
    /// It kept failing and lists pass it over.
    package var isLeftAlone: Bool
  }

  package var status: [Status] {
    order.compactMap { providers[$0] }.map { provider in
      Status(
        name: provider.configuration.name, kind: provider.configuration.kind,
        running: provider.queue.runningCount,
        waiting: provider.queue.waitingCount, isLeftAlone: provider.breaker.isOpen(at: seams.timing.now()))
    }
  }
}

/// A reply that could not even begin.
@Loop
private final class Refusal: ReplyHandle {
  private let error: ProviderError
  private var sink: (@Loop (ReplyEvent) -> Void)?

  init(_ error: ProviderError, _ sink: @escaping @Loop (ReplyEvent) -> Void) {
    self.error = error
    self.sink = sink
  }

  func tell() {
    let sink = sink
    self.sink = nil
    sink?(.failure(error))
  }

  func cancel() { close(.cancelled) }

  func stop() { close(.stop) }

  private func close(_ reason: Finish) {
    let sink = sink
    self.sink = nil
    sink?(.finish(ReplyEnd(reason)))
  }
}
