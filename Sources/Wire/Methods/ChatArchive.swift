public import Base

/// Puts a chat away.
public enum ChatArchive: Method {
  public typealias Result = ChatCreate.Result

  public static let name = "chat.archive"
  public static let summary = "Puts a chat away, or takes it out again"
  public static let documentation =
    "An archived chat is as usable as any; it only says so, for those who show chats."
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(chat: Example.chat), ChatCreate.Result(chat: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var archived: Bool?

    public init(chat: ULID, archived: Bool? = nil) {
      self.chat = chat
      self.archived = archived
    }

    public static let fields = [
      "chat": "Which one.",
      "archived": "False takes it out again; true when absent.",
    ]
  }
}
