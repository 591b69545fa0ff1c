public import Model

/// Looks for damage in the owner's vault.
public enum StorageCheck: Method {
  public typealias Result = StorageReport

  public static let name = "storage.check"
  public static let summary = "Checks the caller's vault for damage"
  public static let documentation = """
    Reads the whole database, so it takes about a second for each gigabyte; others go on meanwhile. With `repair`, what can be \
    made again from the rest (indexes, counts) is; the owner's words are never touched, so a repeated call does no harm and \
    it takes no `key`.
    """
  public static let access = MethodAccess.reads
  public static let scope = MethodScope.admin
  public static let errors: [ErrorCode] = [.storageFull, .storageFailed]
  public static let example = MethodExample(Params(repair: true), StorageReport(ok: true, problems: []))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var repair: Bool?

    public init(repair: Bool? = nil) { self.repair = repair }

    public static let fields = ["repair": "Mend what can be mended; otherwise only look."]
  }
}
