public enum TurnEnded: Topic {
  public static let name = "turn.ended"
  public static let summary = "A turn is over"
  public static let isState = false
  public static let example = Payload(turn: .exampleOver)

  public typealias Payload = TurnStarted.Payload
}
