public import Model

/// The owner's companions, a page at a time.
public enum CompanionList: Method {
  public static let name = "companion.list"
  public static let summary = "Lists companions"
  public static let documentation = """
    Those talked with last come first. Ask again with `cursor` set to `next` until it is absent.
    """
  public static let access = MethodAccess.reads
  public static let example = MethodExample(
    Params(query: "ada"), Result(companions: [.example]))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var query: String?
    public var archived: Bool?
    public var cursor: String?
    public var limit: Int?

    public init(query: String? = nil, archived: Bool? = nil, cursor: String? = nil, limit: Int? = nil) {
      self.query = query
      self.archived = archived
      self.cursor = cursor
      self.limit = limit
    }

    public static let fields = [
      "query": "Only those whose name, handle or tags hold this.",
      "archived": "True for the archived ones instead of the others.",
      "cursor": "As `next` of the page before.",
      "limit": "Companions to give at most.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var companions: [Companion]
    public var next: String?

    public init(companions: [Companion], next: String? = nil) {
      self.companions = companions
      self.next = next
    }

    public static let fields = [
      "companions": "The page.",
      "next": "Where the next page begins; absent at the end.",
    ]
  }
}
