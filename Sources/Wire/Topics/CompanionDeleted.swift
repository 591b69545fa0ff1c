public enum CompanionDeleted: Topic {
  public static let name = "companion.deleted"
  public static let summary = "A companion went into the trash, with its chats"
  public static let isState = false
  public static let example = Payload(companion: .example)

  public typealias Payload = CompanionCreated.Payload
}
