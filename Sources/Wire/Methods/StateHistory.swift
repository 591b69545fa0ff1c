public import Base
public import Model

/// How the scene came about.
public enum StateHistory: Method {
  public static let name = "state.history"
  public static let summary = "Reads the scenes of a branch, the newest first"
  public static let documentation = """
    From `leaf`, or the chat's head, toward the root: every message that carries a scene, with the members that are \
    not as in the scene before. Ask again with `cursor` set to `next` until it is absent.
    """
  public static let access = MethodAccess.reads
  public static let mayBeLarge = true
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(chat: Example.chat),
    Result(states: [Step(message: Example.reply, state: .example, changed: ["outfit", "location"])]))

  public struct Step: Codable, Hashable, Sendable, Documented {
    public var message: ULID
    public var state: SceneState
    public var changed: [String]

    public init(message: ULID, state: SceneState, changed: [String]) {
      self.message = message
      self.state = state
      self.changed = changed
    }

    public static let fields = [
      "message": "The message that carries it, by id.",
      "state": "The scene after it.",
      "changed": "The members that are not as in the scene before.",
    ]
  }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var leaf: ULID?
    public var cursor: String?
    public var limit: Int?

    public init(chat: ULID, leaf: ULID? = nil, cursor: String? = nil, limit: Int? = nil) {
      self.chat = chat
      self.leaf = leaf
      self.cursor = cursor
      self.limit = limit
    }

    public static let fields = [
      "chat": "Which one.",
      "leaf": "The message after which; the chat's head where it is absent.",
      "cursor": "As `next` of the page before.",
      "limit": "Scenes to give at most.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var states: [Step]
    public var next: String?

    public init(states: [Step], next: String? = nil) {
      self.states = states
      self.next = next
    }

    public static let fields = [
      "states": "The page.",
      "next": "Where the next page begins; absent at the end.",
    ]
  }
}
