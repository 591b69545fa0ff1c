public import Base

/// Counts replies as read.
public enum ChatRead: Method {
  public typealias Result = ChatCreate.Result

  public static let name = "chat.read"
  public static let summary = "Counts a chat's replies as read"
  public static let documentation = "What was read stays so, whatever is named later."
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(chat: Example.chat), ChatCreate.Result(chat: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var message: ULID?

    public init(chat: ULID, message: ULID? = nil) {
      self.chat = chat
      self.message = message
    }

    public static let fields = [
      "chat": "Which one.",
      "message": "Up to this message; absent is all of them.",
    ]
  }
}
