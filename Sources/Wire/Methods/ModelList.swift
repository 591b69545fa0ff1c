/// What can be asked for a reply.
public enum ModelList: Method {
  public static let name = "model.list"
  public static let summary = "Lists the models of all providers"
  public static let documentation = """
    In the order of the configuration, the built-in `offline` always among them. A server is asked at most every ten minutes; with \
    `refresh` it is asked now. A server that cannot be asked is told in `failures` and does not fail the call. `id` is what \
    `model` takes anywhere; so are the names of `lists`, of which the first model that is free and well is asked.
    """
  public static let access = MethodAccess.reads
  public static let example = MethodExample(
    Params(refresh: true),
    Result(
      models: [
        Entry(id: "home/gemma-3-12b", provider: "home", capabilities: ["vision"], contextTokens: 8192),
        Entry(id: "offline/companion", provider: "offline", capabilities: ["json"], offline: true),
      ],
      lists: [List(name: "main", models: ["home/gemma-3-12b", "claude/haiku"])], standard: "main",
      failures: [Failure(provider: "claude", message: "claude does not accept the key: invalid x-api-key")]))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var refresh: Bool?

    public init(refresh: Bool? = nil) { self.refresh = refresh }

    public static let fields = ["refresh": "True to ask the servers now."]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var models: [Entry]
    public var lists: [List]
    public var standard: String
    public var failures: [Failure]

    private enum CodingKeys: String, CodingKey {
      case models, lists, failures
      case standard = "default"
    }

    public init(models: [Entry], lists: [List], standard: String, failures: [Failure]) {
      self.models = models
      self.lists = lists
      self.standard = standard
      self.failures = failures
    }

    public static let fields = [
      "models": "One by one.",
      "lists": "Names of the configuration that stand for several, sorted.",
      "default": "What is asked where neither the call nor the chat names one.",
      "failures": "Providers that could not be asked and whose models the configuration does not name.",
    ]
  }

  public struct Entry: Codable, Hashable, Sendable, Documented {
    public var id: String
    public var provider: String
    public var capabilities: [String]
    public var contextTokens: Int?
    public var offline: Bool?

    public init(
      id: String, provider: String, capabilities: [String], contextTokens: Int? = nil, offline: Bool? = nil
    ) {
      self.id = id
      self.provider = provider
      self.capabilities = capabilities
      self.contextTokens = contextTokens
      self.offline = offline
    }

    public static let fields = [
      "id": "`provider/model`; the model's own name may have slashes and colons.",
      "provider": "Its name in the configuration.",
      "capabilities": "What is known of it: `vision`, `reasoning`, `json`, `tools`, `embedding`.",
      "contextTokens": "How much it reads, where that is known.",
      "offline": "True for the built-in companion, which is rules and no model.",
    ]
  }

  public struct List: Codable, Hashable, Sendable, Documented {
    public var name: String
    public var models: [String]

    public init(name: String, models: [String]) {
      self.name = name
      self.models = models
    }

    public static let fields = [
      "name": "What to ask for.", "models": "The models it stands for, in the order of preference.",
    ]
  }

  public struct Failure: Codable, Hashable, Sendable, Documented {
    public var provider: String
    public var message: String

    public init(provider: String, message: String) {
      self.provider = provider
      self.message = message
    }

    public static let fields = ["provider": "Which one.", "message": "Why, in one plain sentence."]
  }
}
