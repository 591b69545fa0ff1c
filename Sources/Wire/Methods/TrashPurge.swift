public import Base

/// Empties the trash, or removes one entry.
public enum TrashPurge: Method {
  public static let name = "trash.purge"
  public static let summary = "Removes what was deleted for good"
  public static let documentation = """
    Without `trash`, everything that lies there, which `all` must confirm. What has lain there for 30 days goes by itself. Nothing \
    brings it back but a backup.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(trash: Example.trash), Result(purged: 1))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var trash: ULID?
    public var all: Bool?

    public init(trash: ULID? = nil, all: Bool? = nil) {
      self.trash = trash
      self.all = all
    }

    public static let fields = [
      "trash": "Only this entry.",
      "all": "True to remove everything.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var purged: Int

    public init(purged: Int) { self.purged = purged }

    public static let fields = [
      "purged": "Entries that are gone."
    ]
  }
}
