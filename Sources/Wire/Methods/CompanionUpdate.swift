public import Base
public import Model

/// Edits a companion.
public enum CompanionUpdate: Method {
  public typealias Result = CompanionCreate.Result

  public static let name = "companion.update"
  public static let summary = "Changes a companion's draft and what lists show"
  public static let documentation = """
    Members that are absent stay. Of the persona only the members named are replaced, `null` removes one; they become the draft, \
    which `companion.publish` freezes. With `ifRevision`, an edit of somebody else in between is a `conflict` that names the \
    present `revision`, and nothing changes. `companion.updated` follows the reply, unless it was so already. `roleplay` \
    is the persona in few words, which a model makes once per version; written here it is the owner's and stays, `null` has it \
    made again. It is no part of the persona, so `version` may name a published one, which changes at once for its chats; \
    without it the draft's is meant, which goes with the draft when that is published.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .conflict, .tooLarge, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(
      companion: "ada", persona: ["behaviour": "Answers in few words."], tagline: .set("Sees ships first."),
      ifRevision: 1),
    Result(companion: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var companion: String
    public var persona: JSONValue?
    public var handle: String?
    public var tagline: Patch<String>
    public var tags: [String]?
    public var roleplay: Patch<CompanionVersion.RoleplayEdit>
    public var version: Int?
    public var portrait: Patch<ULID>
    public var header: Patch<ULID>
    public var ifRevision: Int64?

    private enum CodingKeys: String, CodingKey {
      case companion, persona, handle, tagline, tags, roleplay, version, portrait, header, ifRevision
    }

    public init(
      companion: String, persona: JSONValue? = nil, handle: String? = nil, tagline: Patch<String> = .keep,
      tags: [String]? = nil, roleplay: Patch<CompanionVersion.RoleplayEdit> = .keep, version: Int? = nil,
      portrait: Patch<ULID> = .keep, header: Patch<ULID> = .keep,
      ifRevision: Int64? = nil
    ) {
      self.companion = companion
      self.persona = persona
      self.handle = handle
      self.tagline = tagline
      self.tags = tags
      self.roleplay = roleplay
      self.version = version
      self.portrait = portrait
      self.header = header
      self.ifRevision = ifRevision
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      companion = try container.decode(String.self, forKey: .companion)
      persona = try container.decodeIfPresent(JSONValue.self, forKey: .persona)
      handle = try container.decodeIfPresent(String.self, forKey: .handle)
      tagline = try container.decodePatch(String.self, forKey: .tagline)
      tags = try container.decodeIfPresent([String].self, forKey: .tags)
      roleplay = try container.decodePatch(CompanionVersion.RoleplayEdit.self, forKey: .roleplay)
      version = try container.decodeIfPresent(Int.self, forKey: .version)
      portrait = try container.decodePatch(ULID.self, forKey: .portrait)
      header = try container.decodePatch(ULID.self, forKey: .header)
      ifRevision = try container.decodeIfPresent(Int64.self, forKey: .ifRevision)
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(companion, forKey: .companion)
      try container.encodeIfPresent(persona, forKey: .persona)
      try container.encodeIfPresent(handle, forKey: .handle)
      try container.encodePatch(tagline, forKey: .tagline)
      try container.encodeIfPresent(tags, forKey: .tags)
      try container.encodePatch(roleplay, forKey: .roleplay)
      try container.encodeIfPresent(version, forKey: .version)
      try container.encodePatch(portrait, forKey: .portrait)
      try container.encodePatch(header, forKey: .header)
      try container.encodeIfPresent(ifRevision, forKey: .ifRevision)
    }

    public static let fields = [
      "companion": "An id, a handle, or an unambiguous beginning.",
      "persona": "Members of the persona to replace; `null` removes one.",
      "handle": "A short name, not taken yet.",
      "tagline": "One line about it; `null` clears it.",
      "tags": "Words for finding it, all of them.",
      "roleplay":
        "The persona in few words, by hand: members that are absent stay; `null` has it made again.",
      "version": "Whose few words are meant; absent is the draft's.",
      "portrait": "The picture of its face, by id; `null` takes it away.",
      "header": "The picture behind its name, by id, at most 800 pixels across; `null` takes it away.",
      "ifRevision": "Change only if this is still its revision.",
    ]
  }
}
