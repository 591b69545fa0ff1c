public import Model

/// Makes a companion of a persona.
public enum CompanionCreate: Method {
  public static let name = "companion.create"
  public static let summary = "Makes a companion"
  public static let documentation = """
    The persona is published at once as version 1, so that a chat can begin. Without `handle` one is made of the name. \
    `companion.created` follows the reply.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.conflict, .tooLarge, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(persona: .example, handle: "ada", tags: ["sea"]), Result(companion: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var persona: Persona
    public var handle: String?
    public var tags: [String]?

    public init(persona: Persona, handle: String? = nil, tags: [String]? = nil) {
      self.persona = persona
      self.handle = handle
      self.tags = tags
    }

    public static let fields = [
      "persona": "Who it is; only `name` is needed.",
      "handle": "A short name for people and shells, not taken yet.",
      "tags": "Words for finding it.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var companion: Companion

    public init(companion: Companion) { self.companion = companion }

    public static let fields = ["companion": "As it is stored."]
  }
}
