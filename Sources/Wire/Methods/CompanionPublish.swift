public import Model

/// Publishes a version.
public enum CompanionPublish: Method {
  public static let name = "companion.publish"
  public static let summary = "Freezes a companion's draft as its next version"
  public static let documentation = """
    Chats that begin from now on are pinned to it; those that are there stay with theirs until `chat.update` says otherwise. \
    `companion.published` follows the reply.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(companion: "ada", note: "Knows the tides."),
    Result(companion: .example, version: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var companion: String
    public var note: String?

    public init(companion: String, note: String? = nil) {
      self.companion = companion
      self.note = note
    }

    public static let fields = [
      "companion": "An id, a handle, or an unambiguous beginning.",
      "note": "What is new, for the list of versions.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var companion: Companion
    public var version: CompanionVersion

    public init(companion: Companion, version: CompanionVersion) {
      self.companion = companion
      self.version = version
    }

    public static let fields = [
      "companion": "As it is stored.",
      "version": "What was frozen.",
    ]
  }
}
