public enum TurnPhase: Topic {
  public static let name = "turn.phase"
  public static let summary = "A turn has gone a step further"
  public static let isState = false
  public static let example = Payload(turn: .exampleRunning)

  public typealias Payload = TurnStarted.Payload
}
