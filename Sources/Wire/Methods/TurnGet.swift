public import Base
public import Model

/// One turn as it is now.
public enum TurnGet: Method {
  public static let name = "turn.get"
  public static let summary = "Reads a turn"
  public static let documentation = "Turns that are over stay readable, with how they ended."
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(Params(turn: Example.turn), Result(turn: .exampleOver))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var turn: ULID

    public init(turn: ULID) { self.turn = turn }

    public static let fields = ["turn": "Which one."]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var turn: Turn

    public init(turn: Turn) { self.turn = turn }

    public static let fields = ["turn": "As it is now."]
  }
}
