public import Base
public import Model

/// Changes a chat.
public enum ChatUpdate: Method {
  public typealias Result = ChatCreate.Result

  public static let name = "chat.update"
  public static let summary = "Changes a chat's title, mode, version or settings"
  public static let documentation = """
    What is absent stays. In `settings`, too: a member that is there replaces the chat's, and `null` clears it. \
    Where the owner's settings say `reuse`, what changes here becomes the default of new chats in the same commit. \
    With `ifRevision`, an edit of somebody else in between is a `conflict`. A turn that runs goes on with what it \
    began with.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .conflict, .tooLarge, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(chat: Example.chat, title: "The late ship"), ChatCreate.Result(chat: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var title: String?
    public var mode: Chat.Mode?
    public var settings: ChatSettingsPatch?
    public var version: Int?
    public var ifRevision: Int64?

    public init(
      chat: ULID, title: String? = nil, mode: Chat.Mode? = nil, settings: ChatSettingsPatch? = nil,
      version: Int? = nil, ifRevision: Int64? = nil
    ) {
      self.chat = chat
      self.title = title
      self.mode = mode
      self.settings = settings
      self.version = version
      self.ifRevision = ifRevision
    }

    public static let fields = [
      "chat": "Which one.",
      "title": "Its name, 1 to 512 bytes.",
      "mode": "A conversation or a story.",
      "settings": "What of its settings is to change.",
      "version": "The companion's version to pin; 0 tries the draft.",
      "ifRevision": "Change only if this is still the chat's revision.",
    ]
  }
}
