public import Base
public import Model

/// A branch of a chat, a page at a time.
public enum ChatHistory: Method {
  public static let name = "chat.history"
  public static let summary = "Reads messages of one branch"
  public static let documentation = """
    From the leaf toward the root, told from the oldest to the newest. Without `leaf` the chat's head is meant. `before` gives \
    what is older than a message; `after` what came on this branch since. `stale` tells that the leaf has children: `tip` is \
    where its branch goes on. A message that is being written shows the text so far. A leaf of another chat is \
    `not_found`.
    """
  public static let access = MethodAccess.reads
  public static let mayBeLarge = true
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(chat: Example.chat, limit: 2),
    Result(
      messages: [.exampleLine, .exampleReply], leaf: Example.reply, tip: Example.reply, stale: false,
      more: false))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var leaf: ULID?
    public var before: ULID?
    public var after: ULID?
    public var limit: Int?

    public init(
      chat: ULID, leaf: ULID? = nil, before: ULID? = nil, after: ULID? = nil, limit: Int? = nil
    ) {
      self.chat = chat
      self.leaf = leaf
      self.before = before
      self.after = after
      self.limit = limit
    }

    public static let fields = [
      "chat": "Which one.",
      "leaf": "The message the branch ends with; absent is the head.",
      "before": "Only what is older than this message of the branch.",
      "after": "Only what is newer than this message of the branch.",
      "limit": "Messages to give at most.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var messages: [Message]
    public var leaf: ULID?
    public var tip: ULID?
    public var stale: Bool
    public var more: Bool

    public init(messages: [Message], leaf: ULID?, tip: ULID?, stale: Bool, more: Bool) {
      self.messages = messages
      self.leaf = leaf
      self.tip = tip
      self.stale = stale
      self.more = more
    }

    public static let fields = [
      "messages": "From the oldest to the newest.",
      "leaf": "The leaf that was meant, by id; absent in an empty chat.",
      "tip": "The newest tip of the leaf's own branch, by id; the leaf itself unless it is stale.",
      "stale": "Whether the leaf has children.",
      "more": "Whether there are further messages in the direction asked for.",
    ]
  }
}
