public import Base

/// One chat, without its messages.
public enum ChatGet: Method {
  public typealias Result = ChatCreate.Result

  public static let name = "chat.get"
  public static let summary = "Reads a chat"
  public static let documentation = "Its messages come by `chat.history`."
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(Params(chat: Example.chat), Result(chat: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID

    public init(chat: ULID) { self.chat = chat }

    public static let fields = ["chat": "Which one."]
  }
}
