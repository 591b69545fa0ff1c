public import FoundationEssentials
public import Model

/// Makes a chat of another program's file.
public enum ChatImport: Method {
  public static let name = "chat.import"
  public static let summary = "Makes a chat of a file"
  public static let documentation = """
    Read are SillyTavern's JSONL of any age, the `json` of `chat.export`, and the chats of text-generation-webui, Agnai, CAI \
    Tools, Kobold Lite and RisuAI. Swipes become siblings, of which the one that was shown goes on; hidden lines stay hidden; odd \
    dates are understood. Without `companion` the chat goes to the one whose name it has, which is made where there is none. The \
    chat appears when all of it is stored; at most 100,000 messages. With `dryRun` nothing is stored. `chat.created` follows the \
    reply, and no event for each message.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .conflict, .tooLarge, .unsupported, .storageFull, .storageFailed,
  ]
  public static let example = MethodExample(
    Params(
      data: Data(
        """
        {"user_name":"Mira","character_name":"Ada","chat_metadata":{}}
        {"name":"Ada","is_user":false,"send_date":"2026-11-20T10:11:18.042Z","mes":"Come in."}
        """.utf8), companion: "ada"),
    Result(chat: .example, companion: .example, messages: 1, warnings: []))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var data: Data?
    public var upload: String?
    public var companion: String?
    public var dryRun: Bool?

    public init(
      data: Data? = nil, upload: String? = nil, companion: String? = nil, dryRun: Bool? = nil
    ) {
      self.data = data
      self.upload = upload
      self.companion = companion
      self.dryRun = dryRun
    }

    public static let fields = [
      "data": "The chat's file; either this or `upload`.",
      "upload": "A whole upload with the chat's file, which is used up.",
      "companion": "Whose chat it becomes: an id, a handle, or an unambiguous beginning.",
      "dryRun": "Only tells what it would become; nothing is stored.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var chat: Chat?
    public var companion: Companion?
    public var messages: Int
    public var warnings: [String]

    public init(chat: Chat? = nil, companion: Companion? = nil, messages: Int, warnings: [String]) {
      self.chat = chat
      self.companion = companion
      self.messages = messages
      self.warnings = warnings
    }

    public static let fields = [
      "chat": "As it is stored; absent after a `dryRun`.",
      "companion": "Whose it is; absent after a `dryRun` when one would be made.",
      "messages": "How many it has, siblings included.",
      "warnings": "What was not as it should be, a sentence each.",
    ]
  }
}
