public import Base
public import Model

/// Says something to a companion and has it answer.
public enum MessageSend: Method {
  public static let name = "message.send"
  public static let summary = "Stores a line of the person's and starts the companion's reply"
  public static let documentation = """
    The line is on the disk before the answer, and the reply streams from then on: the caller is attached to its turn unless \
    `attach` is false. With `wait` the answer comes only when the reply is stored, and carries it: a client that waits needs \
    no notifications. `companion` instead of `chat` means its most recent chat, which is made when there is none. A chat \
    that is generating is `busy`. A leaf that has children is stale: `onStale` says whether the line branches off there \
    (`branch`), is refused as a `conflict` that names the `tip` (`reject`), or goes to the newest tip below the leaf \
    (`follow`). A repetition with the same `key` attaches and waits like the first call and says nothing twice.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .conflict, .busy, .rateLimited, .providerUnavailable, .providerRefused, .tooLarge,
    .storageFull,
    .storageFailed,
  ]
  public static let example = MethodExample(
    Params(chat: Example.chat, text: Example.question),
    Result(message: .exampleLine, turn: .exampleRunning, replyId: Example.reply))

  public enum OnStale: String, Codable, Hashable, Sendable, CaseIterable { case branch, reject, follow }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID?
    public var companion: String?
    public var text: String
    public var images: [ULID]?
    public var context: [ContextItem]?
    public var leaf: ULID?
    public var model: String?
    public var respond: Bool?
    public var attach: Bool?
    public var wait: Bool?
    public var onStale: OnStale?

    public init(
      chat: ULID? = nil, companion: String? = nil, text: String, images: [ULID]? = nil,
      context: [ContextItem]? = nil, leaf: ULID? = nil, model: String? = nil, respond: Bool? = nil,
      attach: Bool? = nil, wait: Bool? = nil,
      onStale: OnStale? = nil
    ) {
      self.chat = chat
      self.companion = companion
      self.text = text
      self.images = images
      self.context = context
      self.leaf = leaf
      self.model = model
      self.respond = respond
      self.attach = attach
      self.wait = wait
      self.onStale = onStale
    }

    public static let fields = [
      "chat": "Where; or `companion`.",
      "companion": "To whom, in the most recent chat: an id, a handle, or an unambiguous beginning.",
      "text": "What is said: 1 to `limits.maxTextBytes` bytes.",
      "images":
        "Pictures that are shown with it, by id. There is no way yet to bring one in, so that each is `not_found`.",
      "context":
        "What the person has at hand, for this turn only: at most 32 items, together at most 64 KiB.",
      "leaf": "The message it answers; absent is the chat's head.",
      "model": "Another model for this reply only.",
      "respond": "False only stores the line.",
      "attach": "False leaves this connection out of the stream.",
      "wait": "True answers when the reply is stored.",
      "onStale": "What to do when the leaf has children; `branch` when absent.",
    ]
  }

  /// Something the companion may see with this line, and is not told again with later ones.
  public struct ContextItem: Codable, Hashable, Sendable, Documented {
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable { case selection, file, tray }

    public var type: Kind
    public var title: String?
    public var text: String

    public init(type: Kind, title: String? = nil, text: String) {
      self.type = type
      self.title = title
      self.text = text
    }

    public static let fields = [
      "type": "What it is.", "title": "Its name, such as a file's.", "text": "What it says.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var message: Message
    public var turn: Turn?
    public var replyId: ULID?
    public var stale: Stale?
    public var reply: Message?

    public init(
      message: Message, turn: Turn? = nil, replyId: ULID? = nil, stale: Stale? = nil, reply: Message? = nil
    ) {
      self.message = message
      self.turn = turn
      self.replyId = replyId
      self.stale = stale
      self.reply = reply
    }

    public static let fields = [
      "message": "The person's line as it is stored.",
      "turn": "What answers it; absent with `respond: false`.",
      "replyId": "The id the reply has or will have.",
      "stale": "There when the leaf had children.",
      "reply": "The reply as it is stored, with `wait`; absent when no text came, and then `turn` says why.",
    ]
  }

  public struct Stale: Codable, Hashable, Sendable, Documented {
    public var tip: ULID

    public init(tip: ULID) { self.tip = tip }

    public static let fields = ["tip": "The newest tip below the leaf, by id."]
  }
}
