import HTTP

/// One provider as its owner described it, with the secret already looked up. Plain values: the composition root makes them of
/// what Config has read.
package struct ProviderConfiguration: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable { case openai, anthropic, ollama, offline }

  /// A model the owner named, and what is known of it. What is not said is asked of the server or left open.
  package struct Entry: Sendable, Hashable {
    package var name: String
    package var capabilities: ModelInfo.Capabilities
    package var contextTokens: Int?

    package init(_ name: String, capabilities: ModelInfo.Capabilities = [], contextTokens: Int? = nil) {
      self.name = name
      self.capabilities = capabilities
      self.contextTokens = contextTokens
    }
  }

  /// What models are addressed by: `name/model`.
  package var name: String
  package var kind: Kind
  /// Taken verbatim, but for slashes at its end.
  package var url: String
  package var key: String?
  package var models: [Entry]
  package var concurrency: Int
  package var connectTimeout: Duration
  package var firstTokenTimeout: Duration
  package var tokenTimeout: Duration
  package var totalTimeout: Duration
  /// Sent with each request, for gateways that want more than a key.
  package var headers: [String: String]
  /// How strict the server's templates are; nil begins leniently and learns from refusals.
  package var roles: RoleRule?
  /// The window to ask for where the server lets us choose (Ollama), and to compare with.
  package var contextTokens: Int?
  /// How fast the offline provider speaks, in characters a second; 0 is at once.
  package var pace: Double

  package init(
    name: String, kind: Kind, url: String? = nil, key: String? = nil, models: [Entry] = [],
    concurrency: Int? = nil,
    connectTimeout: Duration = .seconds(10), firstTokenTimeout: Duration? = nil,
    tokenTimeout: Duration = .seconds(60),
    totalTimeout: Duration = .seconds(1800), headers: [String: String] = [:], roles: RoleRule? = nil,
    contextTokens: Int? = nil, pace: Double = 90
  ) {
    self.name = name
    self.kind = kind
    var url = url ?? kind.defaultURL
    while url.hasSuffix("/") { url.removeLast() }
    self.url = url
    self.key = key
    self.models = models
    let isLocal = HTTPURL.isLoopback(url)
    // A machine at home has one graphics card; a service has its own limits.
    self.concurrency = max(1, concurrency ?? (isLocal ? 2 : 8))
    self.connectTimeout = connectTimeout
    // Local servers load the model first, and read long prompts slowly.
    self.firstTokenTimeout = firstTokenTimeout ?? .seconds(isLocal ? 300 : 120)
    self.tokenTimeout = tokenTimeout
    self.totalTimeout = totalTimeout
    self.headers = headers
    self.roles = roles
    self.contextTokens = contextTokens
    self.pace = pace
  }

  /// What there is when nothing is configured.
  package static let offline = ProviderConfiguration(name: "offline", kind: .offline)

  package func entry(_ model: String) -> Entry? { models.first { $0.name == model } }
}

extension ProviderConfiguration.Kind {
  package var defaultURL: String {
    switch self {
    case .openai: "https://api.openai.com/v1"
    case .anthropic: "https://api.anthropic.com"
    case .ollama: "http://127.0.0.1:11434"
    case .offline: ""
    }
  }
}

/// What a server's templates accept as an order of roles. Each rule includes the one before it.
package enum RoleRule: String, Sendable, Hashable, CaseIterable, Comparable {
  /// As the prompt has them.
  case none
  /// Neighbours of one role become one message.
  case merge
  /// One system message, at the very beginning; later ones speak as the user.
  case semiStrict
  /// And the user speaks first.
  case strict
  /// Everything in one message of the user.
  case single

  package static func < (a: RoleRule, b: RoleRule) -> Bool {
    (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
  }
}
