public import Base
public import Model

/// Takes an entry out of the trash.
public enum TrashRestore: Method {
  public static let name = "trash.restore"
  public static let summary = "Brings back what was deleted"
  public static let documentation = """
    Everything is where it was. What belonged to something that is in the trash itself cannot come back before that does, and a \
    companion not while another has its handle: both are -32602. Messages come back only while nothing generates in their \
    chat, which is `busy` otherwise. Events tell of it as if it were new; `sync.changes` has all of it.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .busy, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(trash: Example.trash), Result(trash: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var trash: ULID

    public init(trash: ULID) { self.trash = trash }

    public static let fields = [
      "trash": "Which entry."
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var trash: TrashEntry

    public init(trash: TrashEntry) { self.trash = trash }

    public static let fields = [
      "trash": "The entry, which is no longer in the list."
    ]
  }
}
