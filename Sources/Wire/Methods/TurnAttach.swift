public import Base
public import Model

/// Listens to a turn.
public enum TurnAttach: Method {
  public static let name = "turn.attach"
  public static let summary = "Streams a turn to this connection, from a byte of its text on"
  public static let documentation = """
    `stream.begin`, `stream.delta` and `stream.end` follow the reply. A turn that is over serves what it produced, even after \
    later edits. `from` inside a scalar is rounded down to its beginning; beyond the text there is, the answer has `reset` \
    and begins at 0. A connection listens to a turn once: attaching again moves it, and it begins anew. Offsets of text and \
    reasoning count separately; reasoning always comes from its beginning.
    """
  public static let access = MethodAccess.streams
  public static let errors: [ErrorCode] = [.notFound, .tooLarge]
  public static let example = MethodExample(
    Params(turn: Example.turn, from: 9), Result(turn: .exampleRunning, from: 9))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var turn: ULID
    public var from: Int64?
    public var reasoning: Bool?

    public init(turn: ULID, from: Int64? = nil, reasoning: Bool? = nil) {
      self.turn = turn
      self.from = from
      self.reasoning = reasoning
    }

    public static let fields = [
      "turn": "Which one.",
      "from": "The first byte of its text that is wanted; 0 when absent.",
      "reasoning": "True to hear what the model thinks, too.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var turn: Turn
    public var from: Int64
    public var reset: Bool?

    public init(turn: Turn, from: Int64, reset: Bool? = nil) {
      self.turn = turn
      self.from = from
      self.reset = reset
    }

    public static let fields = [
      "turn": "As it is now.",
      "from": "The byte the stream begins with.",
      "reset": "True when `from` was beyond the text there is: what was shown of it is to be forgotten.",
    ]
  }
}
