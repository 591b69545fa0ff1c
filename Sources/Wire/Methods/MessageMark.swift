public import Base

/// Puts a bookmark.
public enum MessageMark: Method {
  public typealias Result = MessageGet.Result

  public static let name = "message.mark"
  public static let summary = "Puts a bookmark on a message, or takes it away"
  public static let documentation =
    "A message has one bookmark at most; a new name takes the old one's place."
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .tooLarge, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(message: Example.reply, name: "the ship"), MessageGet.Result(message: .exampleReply))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var message: ULID
    public var name: String?

    public init(message: ULID, name: String? = nil) {
      self.message = message
      self.name = name
    }

    public static let fields = [
      "message": "Which one, by id.",
      "name": "The bookmark's name, 1 to 200 bytes; absent takes it away.",
    ]
  }
}
