public import Base
public import Model

/// Reads the scene.
public enum StateGet: Method {
  public static let name = "state.get"
  public static let summary = "Reads the scene of a branch"
  public static let documentation = """
    What the companion wears, where it is and what it does after `leaf`, or after the chat's head. A message without \
    a scene of its own shows its nearest ancestor's, which `message` names; before any, it is the companion's default \
    outfit. `visible` and `hidden` say what of the outfit can be seen. A leaf of another chat is `not_found`.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(chat: Example.chat),
    Result(
      state: .example, message: Example.reply, visible: ["open yellow raincoat", "cream linen blouse"],
      hidden: []))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var leaf: ULID?

    public init(chat: ULID, leaf: ULID? = nil) {
      self.chat = chat
      self.leaf = leaf
    }

    public static let fields = [
      "chat": "Which one.",
      "leaf": "The message after which; the chat's head where it is absent.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var state: SceneState
    public var message: ULID?
    public var visible: [String]
    public var hidden: [String]

    public init(state: SceneState, message: ULID? = nil, visible: [String], hidden: [String]) {
      self.state = state
      self.message = message
      self.visible = visible
      self.hidden = hidden
    }

    public static let fields = [
      "state": "The scene.",
      "message": "The message that carries it, by id; absent where none does yet.",
      "visible": "The names of the garments that can be seen.",
      "hidden": "The names of those that are worn under others.",
    ]
  }
}
