/// Archives a companion.
public enum CompanionArchive: Method {
  public typealias Result = CompanionCreate.Result

  public static let name = "companion.archive"
  public static let summary = "Takes a companion out of the usual lists, or puts it back"
  public static let documentation = """
    It can still be talked with. `companion.updated` follows the reply, unless it was so already.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(companion: "ada"), Result(companion: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var companion: String
    public var archived: Bool?

    public init(companion: String, archived: Bool? = nil) {
      self.companion = companion
      self.archived = archived
    }

    public static let fields = [
      "companion": "An id, a handle, or an unambiguous beginning.",
      "archived": "False puts it back.",
    ]
  }
}
