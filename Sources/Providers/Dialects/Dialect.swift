import HTTP
import Model

/// How one family of servers is spoken to. Pure: makes requests of values and readers for answers; who sends them, and how often,
/// is decided elsewhere.
protocol Dialect: Sendable {
  var framing: Framing { get }
  /// Where a reply is asked for.
  func address(_ configuration: ProviderConfiguration) -> String
  func headers(_ configuration: ProviderConfiguration) -> [(name: String, value: String)]
  /// The request's body, in full: what `prompt.preview` shows is what is sent.
  func body(_ request: ChatRequest, _ target: Target) -> [String: JSONValue]
  func makeReader() -> any DialectReader
  /// Draws a lesson from a refusal; false when there is none, and asking again would be useless.
  func learn(from error: ServerError, sent: [String: JSONValue], _ learned: inout Learned) -> Bool
}

enum Framing: Sendable { case events, lines }

/// The model a request goes to, with what is known of it.
struct Target: Sendable {
  let configuration: ProviderConfiguration
  let model: String
  var capabilities: ModelInfo.Capabilities = []
  var learned = Learned()

  var contextTokens: Int? { configuration.entry(model)?.contextTokens ?? configuration.contextTokens }

  /// What is asked for so that `maxTokens` of text can be seen: a model that thinks spends some on it.
  func tokens(for visible: Int?) -> Int? {
    visible.map { capabilities.contains(.reasoning) ? $0 + 2048 : $0 }
  }
}

/// What a server has taught us about one of its models by refusing a request. Kept as long as the process.
struct Learned: Sendable, Hashable {
  /// Members of the body it does not take.
  var dropped: Set<String> = []
  var tokensMember: String?
  var systemRole: SystemRole = .system
  var roles: RoleRule?
  /// Its template opens the thinking, so the text begins in the middle of it.
  var startsThinking = false

  enum SystemRole: Sendable { case system, developer, user }
}

/// Understands the JSON texts of one answer, in order.
protocol DialectReader {
  mutating func read(_ json: LooseJSON, _ take: (ServerEvent) -> Void)
}

/// What a server said, before anything is made of it.
enum ServerEvent {
  case text([UInt8])
  case reasoning([UInt8])
  case usage(TokenUsage)
  /// The model declines: what it says is a refusal, whatever word the reply ends with.
  case refused
  /// The server's own word for how the reply ended.
  case finish(String)
  /// Nothing more belongs to the reply.
  case done
  case error(ServerError)
}
