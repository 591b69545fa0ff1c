public import Base
public import Model

/// The versions of a message.
public enum MessageSiblings: Method {
  public static let name = "message.siblings"
  public static let summary = "Reads the messages with the same parent"
  public static let documentation = """
    In the order they were made, the message itself among them, each with the newest message below it: where a \
    reader who switches to it goes on. Ask again with `cursor` set to `next` until it is absent.
    """
  public static let access = MethodAccess.reads
  public static let mayBeLarge = true
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(message: Example.reply),
    Result(siblings: [Sibling(message: .exampleReply, tip: Example.reply)]))

  public struct Sibling: Codable, Hashable, Sendable, Documented {
    public var message: Message
    public var tip: ULID

    public init(message: Message, tip: ULID) {
      self.message = message
      self.tip = tip
    }

    public static let fields = [
      "message": "One of them.",
      "tip": "The newest message below it, by id; itself when there is none.",
    ]
  }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var message: ULID
    public var cursor: String?
    public var limit: Int?

    public init(message: ULID, cursor: String? = nil, limit: Int? = nil) {
      self.message = message
      self.cursor = cursor
      self.limit = limit
    }

    public static let fields = [
      "message": "Which one, by id.",
      "cursor": "As `next` of the page before.",
      "limit": "Siblings to give at most.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var siblings: [Sibling]
    public var next: String?

    public init(siblings: [Sibling], next: String? = nil) {
      self.siblings = siblings
      self.next = next
    }

    public static let fields = [
      "siblings": "The page.",
      "next": "Where the next page begins; absent at the end.",
    ]
  }
}
