public import Model

/// The trash, a page at a time.
public enum TrashList: Method {
  public static let name = "trash.list"
  public static let summary = "Lists what was deleted and can be had back"
  public static let documentation = """
    One entry for each act of deleting, the newest first; a companion's entry holds its chats, a message's what hung below it. Ask \
    again with `cursor` set to `next` until it is absent.
    """
  public static let access = MethodAccess.reads
  public static let example = MethodExample(
    Params(), Result(trash: [.example]))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var cursor: String?
    public var limit: Int?

    public init(cursor: String? = nil, limit: Int? = nil) {
      self.cursor = cursor
      self.limit = limit
    }

    public static let fields = [
      "cursor": "As `next` of the page before.",
      "limit": "Entries to give at most.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var trash: [TrashEntry]
    public var next: String?

    public init(trash: [TrashEntry], next: String? = nil) {
      self.trash = trash
      self.next = next
    }

    public static let fields = [
      "trash": "The page.",
      "next": "Where the next page begins; absent at the end.",
    ]
  }
}
