public enum CompanionUpdated: Topic {
  public static let name = "companion.updated"
  public static let summary = "A companion, or its draft, is different now"
  public static let isState = false
  public static let example = Payload(companion: .example)

  public typealias Payload = CompanionCreated.Payload
}
