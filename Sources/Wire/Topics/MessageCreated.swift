public import Base
public import Model

public enum MessageCreated: Topic {
  public static let name = "message.created"
  public static let summary = "A message was stored, or began to be written"
  public static let isState = false
  public static let example = Payload(message: .exampleLine)

  public struct Payload: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var message: Message
    public var cut: Bool?

    public init(message: Message, cut: Bool? = nil) {
      chat = message.chat
      self.message = message
      self.cut = cut
    }

    public static let fields = [
      "chat": "The chat it belongs to, by id.",
      "message": "As it is stored.",
      "cut": "True when its parts hold more than 4 KiB of text and are left out; `chat.history` has them.",
    ]
  }
}
