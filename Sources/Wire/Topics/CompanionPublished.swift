public enum CompanionPublished: Topic {
  public static let name = "companion.published"
  public static let summary = "A companion has a new version"
  public static let isState = false
  public static let example = Payload(companion: .example)

  public typealias Payload = CompanionCreated.Payload
}
