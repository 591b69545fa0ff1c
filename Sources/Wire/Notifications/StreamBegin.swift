public import Base
public import Model

/// A turn's stream begins on this connection.
public enum StreamBegin: Notification {
  public static let name = "stream.begin"
  public static let summary = "A turn's stream begins on this connection"
  public static let documentation = """
    Once for every listener, before its first `stream.delta`, also when it attached in the middle.
    """
  public static let example = Params(
    turn: .exampleRunning, chat: .example, parent: Example.line, replyId: Example.reply,
    message: .exampleLine, from: 0)

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var turn: Turn
    public var chat: Chat?
    public var parent: ULID?
    public var replyId: ULID?
    public var message: Message?
    public var from: Int64

    public init(
      turn: Turn, chat: Chat?, parent: ULID?, replyId: ULID?, message: Message? = nil, from: Int64
    ) {
      self.turn = turn
      self.chat = chat
      self.parent = parent
      self.replyId = replyId
      self.message = message
      self.from = from
    }

    public static let fields = [
      "turn": "As it is now.",
      "chat": "The chat it works in, as it was when the turn began; absent for turns without one.",
      "parent": "The message the reply will stand under, by id; absent for an opening.",
      "replyId": "The id the reply will have.",
      "message": "The person's line that it answers, while the daemon knows.",
      "from": "The first byte of text that comes.",
    ]
  }
}
