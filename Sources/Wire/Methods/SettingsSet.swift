public import Model

/// Changes the owner's settings.
public enum SettingsSet: Method {
  public typealias Result = SettingsGet.Result

  public static let name = "settings.set"
  public static let summary = "Changes the owner's settings"
  public static let documentation = """
    Members that are absent stay; `null` clears one; an object replaces the whole member. The change is on the disk before the \
    reply, and `settings.changed` follows it. With `ifRevision`, an edit of somebody else in between is a `conflict` that \
    names the present `revision`, and nothing changes.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.conflict, .tooLarge, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(
      user: .set(UserPersona(name: "Mira", overview: "Paints, and walks a lot.")), reuse: true, ifRevision: 2),
    Result(settings: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var user: Patch<UserPersona>
    public var defaults: Patch<ChatSettings>
    public var reuse: Bool?
    public var rating: Patch<ContentRating>
    public var ifRevision: Int64?

    private enum CodingKeys: String, CodingKey { case user, defaults, reuse, rating, ifRevision }

    public init(
      user: Patch<UserPersona> = .keep, defaults: Patch<ChatSettings> = .keep, reuse: Bool? = nil,
      rating: Patch<ContentRating> = .keep, ifRevision: Int64? = nil
    ) {
      self.user = user
      self.defaults = defaults
      self.reuse = reuse
      self.rating = rating
      self.ifRevision = ifRevision
    }

    /// What is to change, without the condition.
    public var patch: SettingsPatch {
      SettingsPatch(user: user, defaults: defaults, reuse: reuse, rating: rating)
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      user = try container.decodePatch(UserPersona.self, forKey: .user)
      defaults = try container.decodePatch(ChatSettings.self, forKey: .defaults)
      reuse = try container.decodeIfPresent(Bool.self, forKey: .reuse)
      rating = try container.decodePatch(ContentRating.self, forKey: .rating)
      ifRevision = try container.decodeIfPresent(Int64.self, forKey: .ifRevision)
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodePatch(user, forKey: .user)
      try container.encodePatch(defaults, forKey: .defaults)
      try container.encodeIfPresent(reuse, forKey: .reuse)
      try container.encodePatch(rating, forKey: .rating)
      try container.encodeIfPresent(ifRevision, forKey: .ifRevision)
    }

    public static let fields = [
      "user": "Who the person is to their companions; `null` clears it.",
      "defaults": "What new chats begin with; `null` clears it.",
      "reuse": "Whether what is changed in one chat becomes the default of the next.",
      "rating":
        "What companions may speak of and be pictured as; one whose age is given as under 18 is `general` for ever.",
      "ifRevision": "Change only if this is still the settings' revision.",
    ]
  }
}
