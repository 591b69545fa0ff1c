/// Who the person is to their companions.
public struct UserPersona: Codable, Hashable, Sendable {
  public var name: String
  public var appearance: String?
  public var overview: String?

  public init(name: String, appearance: String? = nil, overview: String? = nil) {
    self.name = name
    self.appearance = appearance
    self.overview = overview
  }
}

/// Numbers that steer a model's choice of words; each is passed on only where the provider knows it.
public struct Sampling: Codable, Hashable, Sendable {
  public var temperature: Double?
  public var topP: Double?
  public var topK: Int?
  public var minP: Double?
  public var repeatPenalty: Double?
  public var presence: Double?
  public var frequency: Double?
  public var stop: [String]?
  public var seed: Int64?
  public var extra: [String: JSONValue]?

  public init() {}
}

/// A line the owner keeps in front of the model, `depth` messages before the end.
public struct AuthorNote: Codable, Hashable, Sendable {
  public enum Role: String, Codable, Hashable, Sendable, CaseIterable { case system, user, assistant }

  public var text: String
  public var depth: Int?
  public var role: Role?
  /// With every so many of the person's lines; 0 is off.
  public var every: Int?

  public init(text: String, depth: Int? = nil, role: Role? = nil, every: Int? = nil) {
    self.text = text
    self.depth = depth
    self.role = role
    self.every = every
  }
}

/// How the scene is read out of replies.
public struct AnalysisSettings: Codable, Hashable, Sendable {
  public enum Reader: String, Codable, Hashable, Sendable, CaseIterable {
    /// The model that wrote the reply: what it was told is in its cache still.
    case chat
    /// The configuration's `fast` model.
    case fast
  }

  /// After every so many replies of a branch; 0 is off.
  public var every: Int?
  public var model: Reader?

  public init(every: Int? = nil, model: Reader? = nil) {
    self.every = every
    self.model = model
  }
}

/// What is done to a reply before anybody sees it; what is not named is on.
public struct GuardSettings: Codable, Hashable, Sendable {
  /// The companion's own name in front of the reply goes.
  public var name: Bool?
  /// The reply ends where the model begins to speak for the person.
  public var person: Bool?
  /// What models say of themselves in place of their part goes.
  public var boilerplate: Bool?
  /// Elements and marks that are meant for programs go.
  public var tags: Bool?
  /// A reply that goes round in circles ends.
  public var loops: Bool?
  /// A reply that is far longer than was asked for ends.
  public var length: Bool?

  public init() {}
}

/// What a chat is told apart from its text. Every member may be absent; the daemon's defaults fill in.
public struct ChatSettings: Codable, Hashable, Sendable {
  public enum Illustrate: String, Codable, Hashable, Sendable, CaseIterable {
    case off, onRequest, everyReply
  }

  public var model: String?
  public var user: UserPersona?
  public var illustrate: Illustrate?
  public var maxTokens: Int?
  public var sampling: Sampling?
  public var note: AuthorNote?
  public var contextMessages: Int?
  public var analysis: AnalysisSettings?
  public var guards: GuardSettings?
  /// Where this chat takes place; absent is the companion's own.
  public var scenario: String?

  public init() {}
}

/// A change to some members of a chat's settings; what is not named stays.
public struct ChatSettingsPatch: Codable, Hashable, Sendable {
  public var model: Patch<String> = .keep
  public var user: Patch<UserPersona> = .keep
  public var illustrate: Patch<ChatSettings.Illustrate> = .keep
  public var maxTokens: Patch<Int> = .keep
  public var sampling: Patch<Sampling> = .keep
  public var note: Patch<AuthorNote> = .keep
  public var contextMessages: Patch<Int> = .keep
  public var analysis: Patch<AnalysisSettings> = .keep
  public var guards: Patch<GuardSettings> = .keep
  public var scenario: Patch<String> = .keep

  private enum CodingKeys: String, CodingKey {
    case model, user, illustrate, maxTokens, sampling, note, contextMessages, analysis, guards,
      scenario
  }

  public init() {}

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    model = try container.decodePatch(String.self, forKey: .model)
    user = try container.decodePatch(UserPersona.self, forKey: .user)
    illustrate = try container.decodePatch(ChatSettings.Illustrate.self, forKey: .illustrate)
    maxTokens = try container.decodePatch(Int.self, forKey: .maxTokens)
    sampling = try container.decodePatch(Sampling.self, forKey: .sampling)
    note = try container.decodePatch(AuthorNote.self, forKey: .note)
    contextMessages = try container.decodePatch(Int.self, forKey: .contextMessages)
    analysis = try container.decodePatch(AnalysisSettings.self, forKey: .analysis)
    guards = try container.decodePatch(GuardSettings.self, forKey: .guards)
    scenario = try container.decodePatch(String.self, forKey: .scenario)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodePatch(model, forKey: .model)
    try container.encodePatch(user, forKey: .user)
    try container.encodePatch(illustrate, forKey: .illustrate)
    try container.encodePatch(maxTokens, forKey: .maxTokens)
    try container.encodePatch(sampling, forKey: .sampling)
    try container.encodePatch(note, forKey: .note)
    try container.encodePatch(contextMessages, forKey: .contextMessages)
    try container.encodePatch(analysis, forKey: .analysis)
    try container.encodePatch(guards, forKey: .guards)
    try container.encodePatch(scenario, forKey: .scenario)
  }

  public func applied(to settings: ChatSettings) -> ChatSettings {
    var result = settings
    result.model = model.applied(to: settings.model)
    result.user = user.applied(to: settings.user)
    result.illustrate = illustrate.applied(to: settings.illustrate)
    result.maxTokens = maxTokens.applied(to: settings.maxTokens)
    result.sampling = sampling.applied(to: settings.sampling)
    result.note = note.applied(to: settings.note)
    result.contextMessages = contextMessages.applied(to: settings.contextMessages)
    result.analysis = analysis.applied(to: settings.analysis)
    result.guards = guards.applied(to: settings.guards)
    result.scenario = scenario.applied(to: settings.scenario)
    return result
  }
}

/// What the companions of an owner may speak of and be pictured as.
public enum ContentRating: String, Codable, Hashable, Sendable, CaseIterable {
  /// Fit for all ages.
  case general
  /// For grown-ups. Never of a companion who is not one, whatever is set.
  case mature
}

/// An owner's own settings: what new chats begin with.
public struct Settings: Codable, Hashable, Sendable {
  public var user: UserPersona?
  public var defaults: ChatSettings?
  /// Whether what a person changes in one chat becomes the default of the next.
  public var reuse: Bool
  /// `general` where it is absent.
  public var rating: ContentRating?
  public var revision: Int64
  public var change: Int64

  public init(
    user: UserPersona? = nil, defaults: ChatSettings? = nil, reuse: Bool = false,
    rating: ContentRating? = nil, revision: Int64 = 0, change: Int64 = 0
  ) {
    self.user = user
    self.defaults = defaults
    self.reuse = reuse
    self.rating = rating
    self.revision = revision
    self.change = change
  }
}

/// A change to some of them; what is not named stays.
public struct SettingsPatch: Codable, Hashable, Sendable {
  public var user: Patch<UserPersona>
  public var defaults: Patch<ChatSettings>
  public var reuse: Bool?
  public var rating: Patch<ContentRating>

  private enum CodingKeys: String, CodingKey { case user, defaults, reuse, rating }

  public init(
    user: Patch<UserPersona> = .keep, defaults: Patch<ChatSettings> = .keep, reuse: Bool? = nil,
    rating: Patch<ContentRating> = .keep
  ) {
    self.user = user
    self.defaults = defaults
    self.reuse = reuse
    self.rating = rating
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    user = try container.decodePatch(UserPersona.self, forKey: .user)
    defaults = try container.decodePatch(ChatSettings.self, forKey: .defaults)
    reuse = try container.decodeIfPresent(Bool.self, forKey: .reuse)
    rating = try container.decodePatch(ContentRating.self, forKey: .rating)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodePatch(user, forKey: .user)
    try container.encodePatch(defaults, forKey: .defaults)
    try container.encodeIfPresent(reuse, forKey: .reuse)
    try container.encodePatch(rating, forKey: .rating)
  }
}
