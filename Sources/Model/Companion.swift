public import Base

/// A companion as lists show it. Who it is stands in its versions.
public struct Companion: Codable, Hashable, Sendable {
  public var id: ULID
  /// A short name for people and shells, unique among an owner's companions.
  public var handle: String
  public var name: String
  public var revision: Int64
  /// The newest published version.
  public var version: Int
  public var tagline: String?
  public var portrait: ULID?
  public var header: ULID?
  public var tags: [String]
  public var createdAt: Timestamp
  public var updatedAt: Timestamp
  public var archived: Bool
  public var chats: Int
  public var lastMessageAt: Timestamp?
  public var change: Int64

  public init(
    id: ULID, handle: String, name: String, revision: Int64, version: Int, tagline: String? = nil,
    portrait: ULID? = nil, header: ULID? = nil, tags: [String] = [], createdAt: Timestamp,
    updatedAt: Timestamp, archived: Bool = false, chats: Int = 0, lastMessageAt: Timestamp? = nil,
    change: Int64
  ) {
    self.id = id
    self.handle = handle
    self.name = name
    self.revision = revision
    self.version = version
    self.tagline = tagline
    self.portrait = portrait
    self.header = header
    self.tags = tags
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.archived = archived
    self.chats = chats
    self.lastMessageAt = lastMessageAt
    self.change = change
  }
}

/// A persona as it was at one moment. Published versions never change; version 0 is the draft.
public struct CompanionVersion: Codable, Hashable, Sendable {
  public var version: Int
  public var published: Bool
  public var note: String?
  public var persona: Persona
  public var roleplay: Roleplay?
  public var createdAt: Timestamp

  public init(
    version: Int, published: Bool, note: String? = nil, persona: Persona, roleplay: Roleplay? = nil,
    createdAt: Timestamp
  ) {
    self.version = version
    self.published = published
    self.note = note
    self.persona = persona
    self.roleplay = roleplay
    self.createdAt = createdAt
  }

  /// What a model needs of a persona in few words, made once per version.
  public struct Roleplay: Codable, Hashable, Sendable {
    /// Short, with commas between.
    public var appearance: String
    public var summary: String
    public var scenario: String?
    /// The model that made it, `derived` for the card's own words, or `owner` for what was written by hand.
    public var generatedBy: String
    public var at: Timestamp

    /// Taken from the card itself: no model was needed, or none has answered yet.
    public static let derived = "derived"
    public static let byHand = "owner"
    public var isByHand: Bool { generatedBy == Self.byHand }

    public init(
      appearance: String, summary: String, scenario: String? = nil, generatedBy: String, at: Timestamp
    ) {
      self.appearance = appearance
      self.summary = summary
      self.scenario = scenario
      self.generatedBy = generatedBy
      self.at = at
    }
  }

  /// What somebody writes of it by hand; what is absent stays.
  public struct RoleplayEdit: Codable, Hashable, Sendable {
    public var appearance: String?
    public var summary: String?
    /// An empty one leaves it to the card's.
    public var scenario: String?

    public init(appearance: String? = nil, summary: String? = nil, scenario: String? = nil) {
      self.appearance = appearance
      self.summary = summary
      self.scenario = scenario
    }
  }
}
