import HTTP
import Model

/// The models of one provider: those its owner named, and those the server lists, asked for at most every ten minutes.
@Loop
final class ModelCatalogue {
  typealias Listing = Result<[ModelInfo], ProviderError>

  /// Some gateways list thousands; more than this is nobody's choice any more.
  nonisolated static let maxModels = 5000
  nonisolated static let maxNameBytes = 256
  private static let lifetime = Duration.seconds(600)
  /// A server that cannot say is asked again sooner.
  private static let failureLifetime = Duration.seconds(30)
  /// Ollama tells what a model can do only one by one.
  private static let maxQuestions = 64

  private let configuration: ProviderConfiguration
  private let seams: ProviderSeams
  private var listed: [ModelInfo] = []
  private var failure: ProviderError?
  private var validUntil: Duration?
  private var waiting: [@Loop (Listing) -> Void] = []

  init(_ configuration: ProviderConfiguration, _ seams: ProviderSeams) {
    self.configuration = configuration
    self.seams = seams
  }

  /// What is known without asking anyone; put together once for each list, since every reply looks into it.
  var known: [ModelInfo] {
    if let together { return together }
    let models = merged(listed)
    together = models
    return models
  }
  private var together: [ModelInfo]?

  /// What is asked when nobody says which model: the first that is there to talk.
  var firstForText: String? { known.first { !$0.capabilities.contains(.embedding) }?.name }

  /// Whether the server has to be asked before a model of its own choice can be named.
  var isUnlisted: Bool {
    configuration.models.isEmpty && configuration.kind != .offline
      && (validUntil.map { $0 <= seams.timing.now() } ?? true)
  }

  func capabilities(of model: String) -> ModelInfo.Capabilities {
    if let known = known.first(where: { $0.name == model }) { return known.capabilities }
    return ModelTraits.guess(model)
  }

  /// Answers at once from what is still fresh, else when the server has answered; with a failure only when there is nothing at all
  /// to show. Several who ask meanwhile share one question.
  func list(refresh: Bool, then: @escaping @Loop (Listing) -> Void) {
    if configuration.kind == .offline { return then(.success([OfflineAttempt.model(configuration.name)])) }
    if !refresh, let validUntil, seams.timing.now() < validUntil { return then(answer) }
    waiting.append(then)
    if waiting.count == 1 { ask() }
  }

  private var answer: Listing {
    if let failure, known.isEmpty { return .failure(failure) }
    return .success(known)
  }

  private func merged(_ listed: [ModelInfo]) -> [ModelInfo] {
    if configuration.kind == .offline { return [OfflineAttempt.model(configuration.name)] }
    var models = configuration.models.map { entry in
      ModelInfo(
        provider: configuration.name, name: entry.name,
        capabilities: entry.capabilities.union(ModelTraits.guess(entry.name)),
        contextTokens: entry.contextTokens)
    }
    let named = Dictionary(
      models.indices.map { (models[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    for model in listed {
      guard let index = named[model.name] else {
        models.append(model)
        continue
      }
      models[index].capabilities.formUnion(model.capabilities)
      models[index].contextTokens = models[index].contextTokens ?? model.contextTokens
    }
    return models
  }

  // MARK: Asking

  private var target: Target { Target(configuration: configuration, model: "") }

  private func request(_ method: HTTPRequest.Method, _ path: String, body: [UInt8] = []) -> HTTPRequest {
    var headers = configuration.headers.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    switch configuration.kind {
    case .anthropic: headers += AnthropicDialect().headers(configuration)
    default: headers += OpenAIDialect().headers(configuration)
    }
    if method == .post { headers.append(("Content-Type", "application/json")) }
    var request = HTTPRequest(method, configuration.url + path, headers: headers, body: body)
    request.patience = .init(
      connect: .seconds(5), first: .seconds(10), idle: .seconds(10), total: .seconds(20))
    request.asksForCompression = true
    return request
  }

  private func ask() {
    let path =
      switch configuration.kind {
      case .ollama: "/api/tags"
      case .anthropic: configuration.url.hasSuffix("/v1") ? "/models?limit=1000" : "/v1/models?limit=1000"
      default: "/models"
      }
    JSONFetch.start(request(.get, path), target: target, client: seams.client) { [self] result in
      switch result {
      case .failure(let error) where error.status == 404:
        // Servers of a single model often have no list.
        settle([], nil)
      case .failure(let error): settle(listed, error)
      case .success(let json):
        let models = ModelTraits.list(json, provider: configuration.name)
        if configuration.kind == .ollama { askAbout(models) } else { settle(models, nil) }
      }
    }
  }

  /// What has not been told in time is not told: one model that cannot be described is still a model.
  private func askAbout(_ models: [ModelInfo]) {
    ModelQuestions(models, most: Self.maxQuestions) { [self] model, then in
      let body = JSONBytes.encode(["model": .string(model.name)])
      return JSONFetch.start(
        request(.post, "/api/show", body: body), target: target, client: seams.client, then: then)
    } then: { [self] described in
      settle(described, nil)
    }.begin(seams.timing)
  }

  private func settle(_ models: [ModelInfo], _ failure: ProviderError?) {
    listed = models
    together = nil
    self.failure = failure
    validUntil = seams.timing.now() + (failure == nil ? Self.lifetime : Self.failureLifetime)
    let waiting = waiting
    self.waiting = []
    for then in waiting { then(answer) }
  }
}
