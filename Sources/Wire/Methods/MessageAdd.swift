public import Base
public import Model

/// Writes a line that nobody answers.
public enum MessageAdd: Method {
  public static let name = "message.add"
  public static let summary = "Stores a line of any role and asks nobody"
  public static let documentation = """
    The line stands under the leaf, or under the chat's head, and becomes the head itself. A companion's line counts \
    as unread like one it wrote. A leaf of another chat is `not_found`, with `head` in the error's data.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .busy, .tooLarge, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(chat: Example.chat, role: .narrator, text: Example.question), Result(message: .exampleLine))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var leaf: ULID?
    public var role: Message.Role
    public var text: String

    public init(chat: ULID, leaf: ULID? = nil, role: Message.Role, text: String) {
      self.chat = chat
      self.leaf = leaf
      self.role = role
      self.text = text
    }

    public static let fields = [
      "chat": "Where.",
      "leaf": "The message it stands under; absent is the chat's head.",
      "role": "Who speaks.",
      "text": "What is said: 1 to `limits.maxTextBytes` bytes.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var message: Message

    public init(message: Message) {
      self.message = message
    }

    public static let fields = [
      "message": "As it is stored."
    ]
  }
}
