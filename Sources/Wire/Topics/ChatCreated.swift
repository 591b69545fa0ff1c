public import Model

public enum ChatCreated: Topic {
  public static let name = "chat.created"
  public static let summary = "A chat was opened"
  public static let isState = false
  public static let example = Payload(chat: .example)

  public struct Payload: Codable, Hashable, Sendable, Documented {
    public var chat: Chat
    public var revision: Int64
    public var cut: Bool?

    public init(chat: Chat, cut: Bool? = nil) {
      self.chat = chat
      revision = chat.revision
      self.cut = cut
    }

    public static let fields = [
      "chat": "As it is stored.",
      "revision": "Its revision.",
      "cut": "True when its settings were too long for an event and are left out; `chat.get` has them.",
    ]
  }
}
