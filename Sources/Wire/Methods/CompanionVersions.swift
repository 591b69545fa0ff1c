public import Model

/// What a companion was and is.
public enum CompanionVersions: Method {
  public static let name = "companion.versions"
  public static let summary = "Lists a companion's versions"
  public static let documentation = """
    The newest first; the draft, version 0, comes last. Ask again with `cursor` set to `next` until it is absent.
    """
  public static let access = MethodAccess.reads
  public static let mayBeLarge = true
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(companion: "ada"), Result(versions: [.example]))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var companion: String
    public var cursor: String?
    public var limit: Int?

    public init(companion: String, cursor: String? = nil, limit: Int? = nil) {
      self.companion = companion
      self.cursor = cursor
      self.limit = limit
    }

    public static let fields = [
      "companion": "An id, a handle, or an unambiguous beginning.",
      "cursor": "As `next` of the page before.",
      "limit": "Versions to give at most.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var versions: [CompanionVersion]
    public var next: String?

    public init(versions: [CompanionVersion], next: String? = nil) {
      self.versions = versions
      self.next = next
    }

    public static let fields = [
      "versions": "The page.",
      "next": "Where the next page begins; absent at the end.",
    ]
  }
}
