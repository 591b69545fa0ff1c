public import Model

/// Opens a chat with a companion.
public enum ChatCreate: Method {
  public static let name = "chat.create"
  public static let summary = "Opens a chat with a companion"
  public static let documentation = """
    The chat is pinned to the companion's newest published version and opens with its greetings as siblings; `head` is the \
    chosen one. What the call does not set is taken from the owner's settings, unless `defaults` is `none`. With `reuse` in \
    those settings, what the call does set becomes the default of the next chat, and `settings.changed` follows `chat.created`. \
    `scenario` is where this chat takes place, and stands in `settings.scenario` from then on. With `generate` a model is asked for \
    one first, for a minute at most, and counted like a message; where it has none, the chat has the companion's own, and \
    `settings.scenario` is absent.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .conflict, .rateLimited, .tooLarge, .storageFull, .storageFailed,
  ]
  public static let example = MethodExample(Params(companion: "ada"), Result(chat: .example))

  /// In the place of a scenario: a model is to write one.
  public static let generate = "generate"

  /// What holds where the call says nothing.
  public enum Defaults: String, Codable, Hashable, Sendable, CaseIterable { case mine, none }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var companion: String
    public var title: String?
    public var mode: Chat.Mode?
    public var settings: ChatSettings?
    public var version: Int?
    public var greeting: Int?
    public var scenario: String?
    public var defaults: Defaults?

    public init(
      companion: String, title: String? = nil, mode: Chat.Mode? = nil, settings: ChatSettings? = nil,
      version: Int? = nil, greeting: Int? = nil, scenario: String? = nil, defaults: Defaults? = nil
    ) {
      self.companion = companion
      self.title = title
      self.mode = mode
      self.settings = settings
      self.version = version
      self.greeting = greeting
      self.scenario = scenario
      self.defaults = defaults
    }

    public static let fields = [
      "companion": "With whom: an id, a handle, or an unambiguous beginning.",
      "title": "Its name; without one it is `New chat`.",
      "mode": "A conversation, unless a story is asked for.",
      "settings": "What is to differ from the owner's defaults.",
      "version": "The companion's version to pin; 0 tries the draft.",
      "greeting": "Which of the companion's openings, counted from 0.",
      "scenario": "Where it takes place, up to 16 KiB; `generate` asks a model for it.",
      "defaults":
        "`none` takes nothing from the owner's settings and leaves nothing there; `mine` when absent.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var chat: Chat

    public init(chat: Chat) { self.chat = chat }

    public static let fields = ["chat": "As it is stored."]
  }
}
