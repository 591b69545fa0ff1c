public import Model

/// One companion, and who it is now.
public enum CompanionGet: Method {
  public static let name = "companion.get"
  public static let summary = "Reads a companion and its newest published version"
  public static let documentation = """
    An unambiguous beginning of the name or handle is enough; one that fits several companions is `not_found`.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(companion: "ada"), Result(companion: .example, version: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var companion: String

    public init(companion: String) { self.companion = companion }

    public static let fields = ["companion": "An id, a handle, or an unambiguous beginning."]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var companion: Companion
    public var version: CompanionVersion

    public init(companion: Companion, version: CompanionVersion) {
      self.companion = companion
      self.version = version
    }

    public static let fields = [
      "companion": "As lists show it.",
      "version": "The persona that new chats begin with.",
    ]
  }
}
