public import Base
public import Model

/// Has a reply written once more.
public enum MessageRegenerate: Method {
  public static let name = "message.regenerate"
  public static let summary = "Writes another reply beside an existing one, or a first one under a line"
  public static let documentation = """
    A companion's line gets a sibling, a person's line a reply under it, and an opening another opening. Nothing is \
    replaced. With `count` so many are written one after another, in `turns`; the chat stays locked until the last \
    is stored, cancelling one cancels those that wait behind it, and one that fails ends them too. Each counts as a \
    message against the rate. With `wait` all of them are waited for.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .busy, .rateLimited, .providerUnavailable, .providerRefused, .storageFull, .storageFailed,
    .tooLarge,
  ]
  public static let example = MethodExample(
    Params(message: Example.reply), Result(turn: .exampleRunning, replyId: Example.reply))

  public static let maxCount = 8
  public static let maxInstructionBytes = 4096

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var message: ULID
    public var model: String?
    public var instruction: String?
    public var count: Int?
    public var attach: Bool?
    public var wait: Bool?

    public init(
      message: ULID, model: String? = nil, instruction: String? = nil, count: Int? = nil, attach: Bool? = nil,
      wait: Bool? = nil
    ) {
      self.message = message
      self.model = model
      self.instruction = instruction
      self.count = count
      self.attach = attach
      self.wait = wait
    }

    public static let fields = [
      "message": "Which one, by id.",
      "model": "Another model for these replies only.",
      "instruction": "What is wanted of them, told to the model after the history.",
      "count": "How many, 1 to 8; 1 when absent.",
      "attach": "False leaves this connection out of the stream.",
      "wait": "True answers when the reply is stored.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var turn: Turn
    public var replyId: ULID
    public var turns: [Turn]?
    public var reply: Message?

    public init(turn: Turn, replyId: ULID, turns: [Turn]? = nil, reply: Message? = nil) {
      self.turn = turn
      self.replyId = replyId
      self.turns = turns
      self.reply = reply
    }

    public static let fields = [
      "turn": "What writes the first one.",
      "replyId": "The id the first one has or will have.",
      "turns": "All of them, with `count` above 1.",
      "reply": "The reply as it is stored, with `wait`; absent when no text came, and then `turn` says why.",
    ]
  }
}
