public import Base
public import Model

/// Has a reply go on.
public enum MessageContinue: Method {
  public static let name = "message.continue"
  public static let summary = "Lets the companion go on with one of its lines"
  public static let documentation = """
    Where the message has no children its text goes on in place; otherwise a sibling that begins with a copy goes \
    on, and nothing of the old branch changes. The stream's log begins with the old text, `base` bytes of it, and \
    the caller is attached from there. Where nothing comes the message stays as it was.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .busy, .rateLimited, .providerUnavailable, .providerRefused, .storageFull, .storageFailed,
  ]
  public static let example = MethodExample(
    Params(message: Example.reply), Result(turn: .exampleContinued, replyId: Example.reply))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var message: ULID
    public var attach: Bool?
    public var wait: Bool?

    public init(message: ULID, attach: Bool? = nil, wait: Bool? = nil) {
      self.message = message
      self.attach = attach
      self.wait = wait
    }

    public static let fields = [
      "message": "Which one, by id.",
      "attach": "False leaves this connection out of the stream.",
      "wait": "True answers when the reply is stored.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var turn: Turn
    public var replyId: ULID
    public var reply: Message?

    public init(turn: Turn, replyId: ULID, reply: Message? = nil) {
      self.turn = turn
      self.replyId = replyId
      self.reply = reply
    }

    public static let fields = [
      "turn": "What writes it.",
      "replyId": "The message that goes on: the same one, or the sibling.",
      "reply": "The reply as it is stored, with `wait`; absent when no text came, and then `turn` says why.",
    ]
  }
}
