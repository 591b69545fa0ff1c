public import Base

/// Something that was deleted and can still be had back.
public struct TrashEntry: Codable, Hashable, Sendable {
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable { case companion, chat, message, image }

  public var id: ULID
  public var kind: Kind
  public var item: ULID
  public var title: String
  public var deletedAt: Timestamp
  public var purgeAt: Timestamp

  public init(
    id: ULID, kind: Kind, item: ULID, title: String, deletedAt: Timestamp, purgeAt: Timestamp
  ) {
    self.id = id
    self.kind = kind
    self.item = item
    self.title = title
    self.deletedAt = deletedAt
    self.purgeAt = purgeAt
  }
}
