public import FoundationEssentials
public import Model

/// Makes a companion of a character card.
public enum CompanionImport: Method {
  public static let name = "companion.import"
  public static let summary = "Makes a companion of a character card"
  public static let documentation = """
    Cards of versions 1, 2 and 3 are read, as JSON, in a PNG or as CHARX; what the file is, is seen by its bytes. Broken cards \
    are read as they were meant, and `warnings` says what was done; what cannot be read is `unsupported`, with the reason. \
    Members of a card that mean nothing here are kept and go out again with `companion.export`, as does the picture. The book of \
    the card becomes the companion's lore. With `dryRun` nothing is stored, and `persona` is what it would be. The file may \
    have 16 MiB; what is larger than a line comes by `upload`, which is used up. `companion.created` follows the reply.
    """
  public static let access = MethodAccess.writes
  public static let mayBeLarge = true
  public static let errors: [ErrorCode] = [
    .notFound, .conflict, .tooLarge, .unsupported, .storageFull, .storageFailed,
  ]
  public static let example = MethodExample(
    Params(data: Data(#"{"name":"Ada","first_mes":"Come in."}"#.utf8)),
    Result(companion: .example, warnings: []))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var data: Data?
    public var upload: String?
    public var handle: String?
    public var dryRun: Bool?

    public init(data: Data? = nil, upload: String? = nil, handle: String? = nil, dryRun: Bool? = nil) {
      self.data = data
      self.upload = upload
      self.handle = handle
      self.dryRun = dryRun
    }

    public static let fields = [
      "data": "The card's file; either this or `upload`.",
      "upload": "A whole upload with the card's file.",
      "handle": "A short name for people and shells, not taken yet; without it one is made of the name.",
      "dryRun": "Only tells what it would become; nothing is stored.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var companion: Companion?
    public var persona: Persona?
    public var tags: [String]?
    public var warnings: [String]

    public init(
      companion: Companion? = nil, persona: Persona? = nil, tags: [String]? = nil, warnings: [String]
    ) {
      self.companion = companion
      self.persona = persona
      self.tags = tags
      self.warnings = warnings
    }

    public static let fields = [
      "companion": "As it is stored; absent after a `dryRun`.",
      "persona": "What the card says, after a `dryRun`.",
      "tags": "The card's own, after a `dryRun`.",
      "warnings": "What was not as it should be, a sentence each.",
    ]
  }
}
