public enum MessageUpdated: Topic {
  public static let name = "message.updated"
  public static let summary = "A message is different now"
  public static let isState = false
  public static let example = Payload(message: .exampleReply, chat: .example)

  public typealias Payload = MessageCreated.Payload
}
