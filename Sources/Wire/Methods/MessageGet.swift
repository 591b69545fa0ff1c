public import Base
public import Model

/// One message.
public enum MessageGet: Method {
  public static let name = "message.get"
  public static let summary = "Reads a message"
  public static let documentation = """
    A message that is being written shows the text that is stored so far; its turn has the rest.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(message: Example.reply), Result(message: .exampleReply))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var message: ULID

    public init(message: ULID) {
      self.message = message
    }

    public static let fields = [
      "message": "Which one, by id."
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var message: Message

    public init(message: Message) {
      self.message = message
    }

    public static let fields = [
      "message": "As it is now."
    ]
  }
}
