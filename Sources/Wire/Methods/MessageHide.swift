public import Base

/// Keeps a message from the model.
public enum MessageHide: Method {
  public typealias Result = MessageGet.Result

  public static let name = "message.hide"
  public static let summary = "Takes a message out of the prompt, or back into it"
  public static let documentation = """
    The chat shows it all the same. It holds for the next turn; one that runs goes on with what it was told.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(message: Example.reply, hidden: true), MessageGet.Result(message: .exampleReply))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var message: ULID
    public var hidden: Bool

    public init(message: ULID, hidden: Bool) {
      self.message = message
      self.hidden = hidden
    }

    public static let fields = [
      "message": "Which one, by id.",
      "hidden": "True takes it out.",
    ]
  }
}
