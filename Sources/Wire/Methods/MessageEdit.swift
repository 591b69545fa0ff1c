public import Base
public import Model

/// Says something differently.
public enum MessageEdit: Method {
  public static let name = "message.edit"
  public static let summary = "Stores another wording of a message"
  public static let documentation = """
    As a sibling, which becomes the head and leaves everything under the old wording as it is; the sibling of a \
    person's line is answered unless `respond` is false. With `as: replace` the message itself is reworded: its \
    earlier text is kept aside, and what stands under it stays, with its scenes and pictures, as a record of what \
    happened. Only a person's line can be answered. With `ifRevision`, an edit of somebody else in between is a `conflict` that \
    names the present `revision`, and nothing is written.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .conflict, .busy, .rateLimited, .providerUnavailable, .providerRefused, .storageFull,
    .storageFailed,
    .tooLarge,
  ]
  public static let example = MethodExample(
    Params(message: Example.line, text: Example.question),
    Result(message: .exampleLine, turn: .exampleRunning, replyId: Example.reply))

  public enum Form: String, Codable, Hashable, Sendable, CaseIterable { case sibling, replace }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var message: ULID
    public var text: String
    public var `as`: Form?
    public var respond: Bool?
    public var ifRevision: Int64?
    public var attach: Bool?
    public var wait: Bool?

    public init(
      message: ULID, text: String, `as`: Form? = nil, respond: Bool? = nil, ifRevision: Int64? = nil,
      attach: Bool? = nil, wait: Bool? = nil
    ) {
      self.message = message
      self.text = text
      self.as = `as`
      self.respond = respond
      self.ifRevision = ifRevision
      self.attach = attach
      self.wait = wait
    }

    public static let fields = [
      "message": "Which one, by id.",
      "text": "The new wording: 1 to `limits.maxTextBytes` bytes.",
      "as": "`sibling` when absent.",
      "respond": "Whether the companion answers; true for the sibling of a person's line when absent.",
      "ifRevision": "Edit only if this is still the message's revision.",
      "attach": "False leaves this connection out of the stream.",
      "wait": "True answers when the reply is stored.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var message: Message
    public var turn: Turn?
    public var replyId: ULID?
    public var reply: Message?

    public init(message: Message, turn: Turn? = nil, replyId: ULID? = nil, reply: Message? = nil) {
      self.message = message
      self.turn = turn
      self.replyId = replyId
      self.reply = reply
    }

    public static let fields = [
      "message": "The new wording as it is stored.",
      "turn": "What answers it.",
      "replyId": "The id the reply has or will have.",
      "reply": "The reply as it is stored, with `wait`; absent when no text came, and then `turn` says why.",
    ]
  }
}
