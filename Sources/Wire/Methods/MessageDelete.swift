public import Base
public import Model

/// Takes a message out of its chat.
public enum MessageDelete: Method {
  public static let name = "message.delete"
  public static let summary = "Moves a message to the trash"
  public static let documentation = """
    A message with children goes only with a rule: `delete` takes everything below along, `lift` puts the children \
    in its place; without one it is a `conflict` that tells their `count`. When the head goes, the parent becomes \
    the head. While a turn generates in the chat it is `busy`. Until it is purged all of it can be had back.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .conflict, .busy, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(message: Example.reply, children: .delete),
    Result(message: .exampleReply, chat: .example, entry: Example.turn))

  public enum Children: String, Codable, Hashable, Sendable, CaseIterable { case delete, lift }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var message: ULID
    public var children: Children?

    public init(message: ULID, children: Children? = nil) {
      self.message = message
      self.children = children
    }

    public static let fields = [
      "message": "Which one, by id.",
      "children": "What becomes of its children.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var message: Message
    public var chat: Chat
    public var entry: ULID

    public init(message: Message, chat: Chat, entry: ULID) {
      self.message = message
      self.chat = chat
      self.entry = entry
    }

    public static let fields = [
      "message": "As it was.",
      "chat": "As it is now.",
      "entry": "The trash's entry, by id, for `trash.restore`.",
    ]
  }
}
