public import Model

public enum TurnStarted: Topic {
  public static let name = "turn.started"
  public static let summary = "A turn began"
  public static let isState = false
  public static let example = Payload(turn: .exampleRunning)

  public struct Payload: Codable, Hashable, Sendable, Documented {
    public var turn: Turn

    public init(turn: Turn) { self.turn = turn }

    public static let fields = ["turn": "As it is now."]
  }
}
