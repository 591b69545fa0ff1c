public import Model

/// Deletes a companion, so that it can be had back.
public enum CompanionDelete: Method {
  public static let name = "companion.delete"
  public static let summary = "Puts a companion and its chats into the trash"
  public static let documentation = """
    For 30 days `trash.restore` brings all of it back. Its handle is free at once. `companion.deleted` follows the reply; the chats \
    that went with it are told by `sync.changes`. While a turn generates in one of them it is `busy`.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .conflict, .busy, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(companion: "ada"), Result(trash: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var companion: String
    public var ifRevision: Int64?

    public init(companion: String, ifRevision: Int64? = nil) {
      self.companion = companion
      self.ifRevision = ifRevision
    }

    public static let fields = [
      "companion": "An id, a handle, or an unambiguous beginning.",
      "ifRevision": "Delete only if this is still its revision.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var trash: TrashEntry

    public init(trash: TrashEntry) { self.trash = trash }

    public static let fields = [
      "trash": "What brings it back."
    ]
  }
}
