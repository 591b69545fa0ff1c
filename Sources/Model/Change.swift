/// One row that changed, as `sync.changes` tells it. `change` is the vault's durable counter at its last commit.
public struct Change: Codable, Hashable, Sendable {
  public var kind: String
  public var id: String
  public var change: Int64
  public var deleted: Bool?

  public init(kind: String, id: String, change: Int64, deleted: Bool? = nil) {
    self.kind = kind
    self.id = id
    self.change = change
    self.deleted = deleted
  }
}

/// A page of changes: `next` is where to go on, absent at the end; `latest` is the counter now.
public struct ChangePage: Codable, Hashable, Sendable {
  public var items: [Change]
  public var next: Int64?
  public var latest: Int64

  public init(items: [Change], next: Int64? = nil, latest: Int64) {
    self.items = items
    self.next = next
    self.latest = latest
  }
}
