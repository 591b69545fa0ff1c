public import Base
public import Model

/// Answers when a turn is through.
public enum TurnWait: Method {
  public static let name = "turn.wait"
  public static let summary = "Answers when a turn's reply is stored, or when all of the turn is done"
  public static let documentation = """
    A turn that has got so far already is answered at once. How it ended stands in `turn`. `call.cancel` takes the \
    waiting back, not the turn.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(turn: Example.turn, until: .reply), Result(turn: .exampleOver, reply: .exampleReply))

  public enum Until: String, Codable, Hashable, Sendable, CaseIterable { case reply, done }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var turn: ULID
    public var until: Until?

    public init(turn: ULID, until: Until? = nil) {
      self.turn = turn
      self.until = until
    }

    public static let fields = [
      "turn": "Which one.",
      "until": "`done` waits for what follows the reply, too; `reply` when absent.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var turn: Turn
    public var reply: Message?

    public init(turn: Turn, reply: Message? = nil) {
      self.turn = turn
      self.reply = reply
    }

    public static let fields = [
      "turn": "As it is now.",
      "reply": "The message it wrote; absent when there is none.",
    ]
  }
}
