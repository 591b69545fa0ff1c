public import Model

public enum MessageDeleted: Topic {
  public static let name = "message.deleted"
  public static let summary = "A message went into the trash"
  public static let isState = false
  public static let example = Payload(message: .exampleReply, chat: .example, children: .delete)

  public struct Payload: Codable, Hashable, Sendable, Documented {
    public var chat: Chat
    public var message: Message
    public var children: MessageDelete.Children?
    public var cut: Bool?

    public init(message: Message, chat: Chat, children: MessageDelete.Children? = nil, cut: Bool? = nil) {
      self.chat = chat
      self.message = message
      self.children = children
      self.cut = cut
    }

    public static let fields = [
      "chat": "The chat it belonged to, as it is now.",
      "message": "As it was.",
      "children":
        "`delete` when everything below went with it; what was lifted is told by `message.updated`.",
      "cut": "True when what was too long for an event is left out.",
    ]
  }
}
