public import Base

/// One conversation: a tree of messages, of which `head` is the tip of the last activity.
public struct Chat: Codable, Hashable, Sendable {
  public enum Mode: String, Codable, Hashable, Sendable, CaseIterable { case roleplay, story }

  public var id: ULID
  public var companion: ULID
  /// The companion's version this chat is pinned to; 0 is the draft.
  public var version: Int
  public var title: String
  public var mode: Mode
  public var settings: ChatSettings
  public var revision: Int64
  public var head: ULID?
  public var messages: Int
  public var unread: Int
  /// The turn that runs here now.
  public var turn: ULID?
  public var createdAt: Timestamp
  public var updatedAt: Timestamp
  public var archived: Bool
  public var change: Int64

  public static let untitled = "New chat"

  public init(
    id: ULID, companion: ULID, version: Int, title: String = Chat.untitled, mode: Mode = .roleplay,
    settings: ChatSettings = ChatSettings(), revision: Int64, head: ULID? = nil, messages: Int = 0,
    unread: Int = 0, turn: ULID? = nil, createdAt: Timestamp, updatedAt: Timestamp, archived: Bool = false,
    change: Int64
  ) {
    self.id = id
    self.companion = companion
    self.version = version
    self.title = title
    self.mode = mode
    self.settings = settings
    self.revision = revision
    self.head = head
    self.messages = messages
    self.unread = unread
    self.turn = turn
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.archived = archived
    self.change = change
  }
}
