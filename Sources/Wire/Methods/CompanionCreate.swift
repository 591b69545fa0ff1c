public import Base
public import Model

/// Makes a companion of a persona.
public enum CompanionCreate: Method {
  public static let name = "companion.create"
  public static let summary = "Makes a companion"
  public static let documentation = """
    The persona is published at once as version 1, so that a chat can begin. Without `handle` one is made of the name. \
    With `portrait` its face is drawn, which counts against the hour's pictures; where they are used up, `job.skipped` says \
    so. `companion.created` follows the reply.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .conflict, .tooLarge, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(persona: .example, handle: "ada", tags: ["sea"]), Result(companion: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var persona: Persona
    public var handle: String?
    public var tags: [String]?
    public var header: ULID?
    public var portrait: Bool?

    public init(
      persona: Persona, handle: String? = nil, tags: [String]? = nil, header: ULID? = nil,
      portrait: Bool? = nil
    ) {
      self.persona = persona
      self.handle = handle
      self.tags = tags
      self.header = header
      self.portrait = portrait
    }

    public static let fields = [
      "persona": "Who it is; only `name` is needed.",
      "handle": "A short name for people and shells, not taken yet.",
      "tags": "Words for finding it.",
      "header": "A picture to stand behind its name, by id; `image.import` makes one with the kind `header`.",
      "portrait": "True has its face drawn.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var companion: Companion

    public init(companion: Companion) { self.companion = companion }

    public static let fields = ["companion": "As it is stored."]
  }
}
