public import Base

/// Goes on from another message.
public enum ChatSelect: Method {
  public typealias Result = ChatCreate.Result

  public static let name = "chat.select"
  public static let summary = "Makes a message of the chat its head"
  public static let documentation = """
    The next line without a `leaf` stands under it. Nothing is locked: a reply on its way becomes the head all the \
    same when it ends. A leaf of another chat is `not_found`, with `head` in the error's data.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(chat: Example.chat, leaf: Example.line), ChatCreate.Result(chat: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var leaf: ULID

    public init(chat: ULID, leaf: ULID) {
      self.chat = chat
      self.leaf = leaf
    }

    public static let fields = [
      "chat": "Which one.",
      "leaf": "The message to go on from.",
    ]
  }
}
