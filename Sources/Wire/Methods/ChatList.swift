public import Model

/// The owner's chats, a page at a time.
public enum ChatList: Method {
  public static let name = "chat.list"
  public static let summary = "Lists chats"
  public static let documentation = """
    Those in which something happened last come first. Ask again with `cursor` set to `next` until it is absent.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(Params(companion: "ada"), Result(chats: [.example]))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var companion: String?
    public var query: String?
    public var cursor: String?
    public var limit: Int?

    public init(
      companion: String? = nil, query: String? = nil, cursor: String? = nil, limit: Int? = nil
    ) {
      self.companion = companion
      self.query = query
      self.cursor = cursor
      self.limit = limit
    }

    public static let fields = [
      "companion": "Only those with this companion.",
      "query": "Only those whose title holds this.",
      "cursor": "As `next` of the page before.",
      "limit": "Chats to give at most.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var chats: [Chat]
    public var next: String?

    public init(chats: [Chat], next: String? = nil) {
      self.chats = chats
      self.next = next
    }

    public static let fields = [
      "chats": "The page.",
      "next": "Where the next page begins; absent at the end.",
    ]
  }
}
