public import Base
public import Model

/// Tries a turn again.
public enum TurnRetry: Method {
  public static let name = "turn.retry"
  public static let summary = "Tries a turn again that did not bring what it should"
  public static let documentation = """
    Where nothing had come of it the same turn goes on; after its first byte another one, whose `retryOf` names it, \
    writes a sibling, and what came before stays. A turn that runs is answered as it is.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .busy, .rateLimited, .providerUnavailable, .providerRefused, .storageFull, .storageFailed,
  ]
  public static let example = MethodExample(
    Params(turn: Example.turn), Result(turn: .exampleRunning, replyId: Example.reply))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var turn: ULID
    public var attach: Bool?
    public var wait: Bool?

    public init(turn: ULID, attach: Bool? = nil, wait: Bool? = nil) {
      self.turn = turn
      self.attach = attach
      self.wait = wait
    }

    public static let fields = [
      "turn": "Which one.",
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
      "turn": "The same one, or the one that tries again.",
      "replyId": "The id its reply has or will have.",
      "reply": "The reply as it is stored, with `wait`; absent when no text came, and then `turn` says why.",
    ]
  }
}
