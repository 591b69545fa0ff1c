public import Base
public import Model

public enum StateChanged: Topic {
  public static let name = "state.changed"
  public static let summary = "The scene after a message changed"
  public static let isState = true
  public static let example = Payload(
    chat: Example.chat, message: Example.reply, state: .example, changed: ["outfit", "location"])

  public struct Payload: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var message: ULID
    public var state: SceneState?
    public var changed: [String]

    public init(chat: ULID, message: ULID, state: SceneState?, changed: [String]) {
      self.chat = chat
      self.message = message
      self.state = state
      self.changed = changed
    }

    public static let fields = [
      "chat": "In which chat, by id.",
      "message": "The message that carries the scene, by id.",
      "state": "The scene now; left out where the event would be too large, then `state.get` has it.",
      "changed": "The members that are not as before.",
    ]
  }
}
