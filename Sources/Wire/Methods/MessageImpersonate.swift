public import Base
import Model

/// Has a model write the person's next line.
public enum MessageImpersonate: Method {
  public typealias Result = WritingTurn

  public static let name = "message.impersonate"
  public static let summary = "Proposes the person's next line"
  public static let documentation = """
    A turn without a message, `result {text}`: for the person's input line. Nothing of it goes into the chat, whose lock it does not \
    take. Counts as a message against the rate.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .rateLimited, .providerUnavailable, .providerRefused, .storageFull, .storageFailed,
  ]
  public static let example = MethodExample(
    Params(chat: Example.chat), Result(turn: .exampleWriting(.impersonate)))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var leaf: ULID?
    public var wait: Bool?

    public init(chat: ULID, leaf: ULID? = nil, wait: Bool? = nil) {
      self.chat = chat
      self.leaf = leaf
      self.wait = wait
    }

    public static let fields = [
      "chat": "Where.",
      "leaf": "The message the line would stand under; the chat's head where it is absent.",
      "wait": "Answers when it is over, with its `result`.",
    ]
  }
}
