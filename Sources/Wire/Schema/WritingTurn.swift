public import Model

/// What a call is answered that has a model write something beside the talk.
public struct WritingTurn: Codable, Hashable, Sendable, Documented {
  public var turn: Turn

  public init(turn: Turn) { self.turn = turn }

  public static let fields = [
    "turn": "To be watched, waited for with `turn.wait` until `done`, or cancelled like any other."
  ]
}

extension Turn {
  static func exampleWriting(_ kind: Kind) -> Turn {
    var turn = exampleRunning
    (turn.kind, turn.phase, turn.replyId) = (kind, .preparing, nil)
    return turn
  }
}
