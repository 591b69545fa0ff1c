public enum ChatHead: Topic {
  public static let name = "chat.head"
  public static let summary = "The tip of a chat's last activity moved"
  public static let isState = false
  public static let example = Payload(chat: .example)

  public typealias Payload = ChatCreated.Payload
}
