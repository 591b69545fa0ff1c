public import Base
public import Model

/// Finding messages again.
public enum ChatSearch: Method {
  public static let name = "chat.search"
  public static let summary = "Finds messages by what they say"
  public static let documentation = """
    Every word of the query must occur in a message: as a word, or from three letters on as a part of one. In scripts without \
    spaces every character counts. Case, accents and whatever else stands in the query mean nothing. All branches are searched; \
    what is in the trash is not found, a reply that is being written not yet. `recent`, the default, tells the newest first; `best` \
    compares the newest 20,000 matches and says with `ranked` how many there were, and with `older` that there are more.
    """
  public static let access = MethodAccess.reads
  public static let mayBeLarge = true
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(query: "late ship", order: .best),
    Result(matches: [.example], ranked: 1))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var query: String
    public var chat: ULID?
    public var companion: String?
    public var order: SearchOrder?
    public var cursor: String?
    public var limit: Int?

    public init(
      query: String, chat: ULID? = nil, companion: String? = nil, order: SearchOrder? = nil,
      cursor: String? = nil, limit: Int? = nil
    ) {
      self.query = query
      self.chat = chat
      self.companion = companion
      self.order = order
      self.cursor = cursor
      self.limit = limit
    }

    public static let fields = [
      "query": "Words to find; at most 32 of them.",
      "chat": "Only in this chat.",
      "companion": "Only in chats with this companion.",
      "order": "The newest first, or the best.",
      "cursor": "As `next` of the page before.",
      "limit": "Matches to give at most.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var matches: [SearchMatch]
    public var next: String?
    public var ranked: Int?
    public var older: Bool?
    public var indexing: Bool?

    public init(
      matches: [SearchMatch], next: String? = nil, ranked: Int? = nil, older: Bool? = nil,
      indexing: Bool? = nil
    ) {
      self.matches = matches
      self.next = next
      self.ranked = ranked
      self.older = older
      self.indexing = indexing
    }

    public static let fields = [
      "matches": "The page.",
      "next": "Where the next page begins; absent at the end.",
      "ranked": "How many matches were compared; only for `best`.",
      "older": "True when there are older matches that were not compared.",
      "indexing": "True while messages are left that cannot be found yet.",
    ]
  }
}
