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
    let sink = metrics.watching(seams.timing, place, learning(from: request, model, sink))
    let unlisted = unlisted(model)
    guard unlisted.isEmpty else {
      let late = LateReply(sink)
      let asked = request
      ask(unlisted) { [weak self] failure in
        guard let self else { return late.cancel() }
        late.begin { sink in self.begin(asked, model, place, because: failure, sink: sink) }
      }
      return late
    }
    return begin(request, model, place, sink: sink)
  }

  /// `failure` is why a server's list could not be had, which says more than that there is none.
  private func begin(
    _ request: ChatRequest, _ model: String, _ place: QueuePlace, because failure: ProviderError? = nil,
    sink: @escaping @Loop (ReplyEvent) -> Void
  ) -> any ReplyHandle {
    switch resolve(model) {
    case .success(let candidates):
      let run = ReplyRun(request, candidates, place: place, seams: seams, sink: sink)
      _ = seams.timing.after(.zero) { run.begin() }
      return run
    case .failure(let error):
      let refusal = Refusal(failure ?? error, sink)
      _ = seams.timing.after(.zero) { refusal.tell() }
      return refusal
    }
  }

  /// Providers that a name means without saying which of their models, and that have not said lately what they have.
  private func unlisted(_ name: String) -> [Provider] {
    (lists[name] ?? [name]).compactMap { providers[$0] }.filter(\.catalogue.isUnlisted)
  }

  /// `then` comes when all have answered, with the last failure among them, perhaps before this returns.
  private func ask(_ unlisted: [Provider], then: @escaping @Loop (ProviderError?) -> Void) {
    var open = unlisted.count
    var failure: ProviderError?
    for provider in unlisted {
      provider.catalogue.list(refresh: false) { answer in
        if case .failure(let error) = answer { failure = error }
        open -= 1
        if open == 0 { then(failure) }
      }
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
    var request = request
    if request.estimatedTokens == nil {
      request.estimatedTokens = tokens(in: request.textBytes, model: model)
    }
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

  /// `provider/model` (the model may have slashes itself), the name of a list, or a provider alone, which means its first model: of
  /// those its owner named, or else of those its server lists. A member of a list that has none is passed over.
  private func resolve(_ name: String) -> Result<[ReplyRun.Candidate], ProviderError> {
    var candidates: [ReplyRun.Candidate] = []
    var missing: ProviderError?
    for name in lists[name] ?? [name] {
      let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
      guard let provider = parts.first.flatMap({ providers[$0] }) else { return .failure(unknown(name)) }
      guard let model = parts.count == 2 ? parts[1] : provider.catalogue.firstForText else {
        missing = ProviderError(
          .refused, .configuration, provider: provider.configuration.name, attempts: 0,
          detail: "\(name) names no model, and its server lists none; name one as \(name)/MODEL, or in "
            + "providers.\(name).models of the configuration")
        continue
      }
      candidates.append(.init(provider: provider, model: model))
    }
    return candidates.isEmpty ? .failure(missing ?? unknown(name)) : .success(candidates)
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
  @discardableResult
  package func probe(then: @escaping @Loop ([LoopbackProbe.Found]) -> Void) -> LoopbackProbe.Run {
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
