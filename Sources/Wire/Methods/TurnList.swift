public import Base
public import Model

/// The owner's turns.
public enum TurnList: Method {
  public static let name = "turn.list"
  public static let summary = "Lists turns"
  public static let documentation =
    "The newest first. Ask again with `cursor` set to `next` until it is absent."
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(chat: Example.chat), Result(turns: [.exampleOver]))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID?
    public var active: Bool?
    public var cursor: String?
    public var limit: Int?

    public init(chat: ULID? = nil, active: Bool? = nil, cursor: String? = nil, limit: Int? = nil) {
      self.chat = chat
      self.active = active
      self.cursor = cursor
      self.limit = limit
    }

    public static let fields = [
      "chat": "Only those of this chat.",
      "active": "True gives only those that are not over.",
      "cursor": "As `next` of the page before.",
      "limit": "Turns to give at most.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var turns: [Turn]
    public var next: String?

    public init(turns: [Turn], next: String? = nil) {
      self.turns = turns
      self.next = next
    }

    public static let fields = [
      "turns": "The page.",
      "next": "Where the next page begins; absent at the end.",
    ]
  }
}
