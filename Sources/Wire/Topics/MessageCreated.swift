public import Model

public enum MessageCreated: Topic {
  public static let name = "message.created"
  public static let summary = "A message was stored, or began to be written"
  public static let isState = false
  public static let example = Payload(message: .exampleLine, chat: .example)

  public struct Payload: Codable, Hashable, Sendable, Documented {
    public var chat: Chat
    public var message: Message
    public var cut: Bool?

    public init(message: Message, chat: Chat, cut: Bool? = nil) {
      self.chat = chat
      self.message = message
      self.cut = cut
    }

    public static let fields = [
      "chat": "The chat it belongs to, as it is at this commit.",
      "message": "As it is stored.",
      "cut":
        "True when its parts hold more than 4 KiB of text or the chat's settings are too long for an event, and are left out; `message.get` and `chat.get` have them.",
    ]
  }
}
