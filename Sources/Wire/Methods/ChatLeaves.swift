public import Base
public import Model

/// The tips of a chat's branches.
public enum ChatLeaves: Method {
  public static let name = "chat.leaves"
  public static let summary = "Reads the tips of all branches"
  public static let documentation = """
    Messages without children, the newest first. Ask again with `cursor` set to `next` until it is absent.
    """
  public static let access = MethodAccess.reads
  public static let mayBeLarge = true
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(chat: Example.chat), Result(leaves: [.exampleReply]))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var cursor: String?
    public var limit: Int?

    public init(chat: ULID, cursor: String? = nil, limit: Int? = nil) {
      self.chat = chat
      self.cursor = cursor
      self.limit = limit
    }

    public static let fields = [
      "chat": "Which one.",
      "cursor": "As `next` of the page before.",
      "limit": "Leaves to give at most.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var leaves: [Message]
    public var next: String?

    public init(leaves: [Message], next: String? = nil) {
      self.leaves = leaves
      self.next = next
    }

    public static let fields = [
      "leaves": "The page.",
      "next": "Where the next page begins; absent at the end.",
    ]
  }
}
