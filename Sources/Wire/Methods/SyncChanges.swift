public import Model

/// What changed while a client was away, from storage: survives restarts, unlike events.
public enum SyncChanges: Method {
  public typealias Result = ChangePage

  public static let name = "sync.changes"
  public static let summary = "Lists what changed in the vault since a counter"
  public static let documentation = """
    Each row that changed is told once, with its latest `change`, in the order of these counters; a deleted one leaves a \
    tombstone. Ask again with `since` set to `next` until it is absent, then keep `latest`.
    """
  public static let access = MethodAccess.reads
  public static let example = MethodExample(
    Params(since: 4690, limit: 2),
    ChangePage(
      items: [
        Change(kind: "settings", id: "settings", change: 4702),
        Change(kind: "chat", id: "01JD7Q5W0V3F8E2K6M9A4T7XYB", change: 4709, deleted: true),
      ], next: 4709, latest: 4711))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var since: Int64
    public var limit: Int?

    public init(since: Int64, limit: Int? = nil) {
      self.since = since
      self.limit = limit
    }

    public static let fields = [
      "since": "The `change` the caller already knows; 0 for everything.",
      "limit": "Items to give at most.",
    ]
  }
}
