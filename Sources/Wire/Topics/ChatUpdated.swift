public enum ChatUpdated: Topic {
  public static let name = "chat.updated"
  public static let summary = "A chat's title, mode, version or settings changed"
  public static let isState = false
  public static let example = Payload(chat: .example)

  public typealias Payload = ChatCreated.Payload
}
