public import Base
public import Model

/// Takes a chat away.
public enum ChatDelete: Method {
  public static let name = "chat.delete"
  public static let summary = "Moves a chat with all its messages to the trash"
  public static let documentation = """
    While a turn generates there it is `busy`. Until it is purged all of it can be had back.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .busy, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(chat: Example.chat), Result(chat: .example, entry: Example.turn))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID

    public init(chat: ULID) {
      self.chat = chat
    }

    public static let fields = [
      "chat": "Which one."
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var chat: Chat
    public var entry: ULID

    public init(chat: Chat, entry: ULID) {
      self.chat = chat
      self.entry = entry
    }

    public static let fields = [
      "chat": "As it was.",
      "entry": "The trash's entry, by id, for `trash.restore`.",
    ]
  }
}
