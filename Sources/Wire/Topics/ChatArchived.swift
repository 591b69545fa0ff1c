public enum ChatArchived: Topic {
  public static let name = "chat.archived"
  public static let summary = "A chat was put away, or taken out again"
  public static let isState = false
  public static let example = Payload(chat: .example)

  public typealias Payload = ChatCreated.Payload
}
