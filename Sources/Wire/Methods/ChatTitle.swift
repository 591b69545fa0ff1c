public import Base
import Model

/// Has a model name a chat.
public enum ChatTitle: Method {
  public typealias Result = WritingTurn

  public static let name = "chat.title"
  public static let summary = "Has a model give a chat its title"
  public static let documentation = """
    A turn without a message, `result {title}`: it becomes the chat's title, with `chat.updated`, unless somebody gave the chat \
    another name meanwhile. Does not count against the rate.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .rateLimited, .providerUnavailable, .providerRefused, .storageFull, .storageFailed,
  ]
  public static let example = MethodExample(Params(chat: Example.chat), Result(turn: .exampleWriting(.title)))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var wait: Bool?

    public init(chat: ULID, wait: Bool? = nil) {
      self.chat = chat
      self.wait = wait
    }

    public static let fields = [
      "chat": "Which one; something must have been said in it.",
      "wait": "Answers when it is over, with its `result`.",
    ]
  }
}
