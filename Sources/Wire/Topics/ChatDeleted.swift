public enum ChatDeleted: Topic {
  public static let name = "chat.deleted"
  public static let summary = "A chat went into the trash, with all its messages"
  public static let isState = false
  public static let example = Payload(chat: .example)

  public typealias Payload = ChatCreated.Payload
}
