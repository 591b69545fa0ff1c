public enum ChatReadOn: Topic {
  public static let name = "chat.read"
  public static let summary = "A chat's replies were read"
  public static let isState = false
  public static let example = Payload(chat: .example)

  public typealias Payload = ChatCreated.Payload
}
