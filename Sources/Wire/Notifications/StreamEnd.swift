public import Model

/// A turn's stream is over.
public enum StreamEnd: Notification {
  public static let name = "stream.end"
  public static let summary = "A turn's stream is over"
  public static let documentation = """
    The last `stream.` line of a turn, once for every listener: the message is on the disk, and the chat takes the next line.
    """
  public static let example = Params(
    turn: .exampleOver, finish: .stop, reply: .exampleReply,
    usage: Turn.exampleOver.usage, timing: Timing(queuedMs: 0, firstTokenMs: 240, totalMs: 2275))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var turn: Turn
    public var finish: Finish
    public var reply: Message?
    public var result: JSONValue?
    public var error: TurnError?
    public var usage: Usage?
    public var timing: Timing

    public init(
      turn: Turn, finish: Finish, reply: Message? = nil, result: JSONValue? = nil, error: TurnError? = nil,
      usage: Usage? = nil, timing: Timing
    ) {
      self.turn = turn
      self.finish = finish
      self.reply = reply
      self.result = result
      self.error = error
      self.usage = usage
      self.timing = timing
    }

    public static let fields = [
      "turn": "As it is now.",
      "finish": "How it ended.",
      "reply": "The message as it is stored; absent when no text came.",
      "result": "What turns bring that write no message.",
      "error": "Why it failed, in the shape of a call's error.",
      "usage": "What it cost.",
      "timing": "How long it took.",
    ]
  }
}
