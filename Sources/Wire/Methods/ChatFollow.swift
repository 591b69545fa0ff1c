public import Base
public import Model

/// Listens to whatever a chat brings.
public enum ChatFollow: Method {
  public static let name = "chat.follow"
  public static let summary = "Streams this chat's present turn and every later one to this connection"
  public static let documentation = """
    Whatever runs there now and every later turn, whoever starts it, and the events of the topics `chat`, `message`, `turn`, \
    `state` and `image` about that chat, in commit order with the streams. `turn` and `from` say how far an earlier \
    connection has read; they count only if that turn is the one that runs. A turn this connection listens to already goes on \
    from where it is, and `from` tells where. A follow ends with `chat.unfollow` or with its connection.
    """
  public static let access = MethodAccess.streams
  public static let errors: [ErrorCode] = [.notFound, .tooLarge]
  public static let example = MethodExample(
    Params(chat: Example.chat, turn: Example.turn, from: 9),
    Result(chat: .example, turn: .exampleRunning, from: 9))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var turn: ULID?
    public var from: Int64?

    public init(chat: ULID, turn: ULID? = nil, from: Int64? = nil) {
      self.chat = chat
      self.turn = turn
      self.from = from
    }

    public static let fields = [
      "chat": "Which one.",
      "turn": "The turn that `from` is about.",
      "from": "The first byte of its text that is wanted; 0 when absent.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var chat: Chat
    public var turn: Turn?
    public var from: Int64
    public var reset: Bool?

    public init(chat: Chat, turn: Turn? = nil, from: Int64, reset: Bool? = nil) {
      self.chat = chat
      self.turn = turn
      self.from = from
      self.reset = reset
    }

    public static let fields = [
      "chat": "As it is now.",
      "turn": "The turn that runs there now, which is listened to from here on.",
      "from": "The byte its text begins with on this connection; 0 when nothing runs.",
      "reset": "True when `from` was beyond the text there is: what was shown of it is to be forgotten.",
    ]
  }
}
