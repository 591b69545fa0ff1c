public import Base

/// Ends a follow.
public enum ChatUnfollow: Method {
  public typealias Result = Empty

  public static let name = "chat.unfollow"
  public static let summary = "Ends this connection's follow of a chat"
  public static let documentation = """
    Its last event comes before the reply; none comes after it. Turns the connection was attached to by other calls go on.
    """
  public static let access = MethodAccess.streams
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(Params(chat: Example.chat), Empty())

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID

    public init(chat: ULID) { self.chat = chat }

    public static let fields = ["chat": "As `chat.follow` was given it."]
  }
}
