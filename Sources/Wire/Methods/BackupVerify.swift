public import Model

/// Checks a backup.
public enum BackupVerify: Method {
  public typealias Result = BackupReport

  public static let name = "backup.verify"
  public static let summary = "Reads all of a backup and looks for damage"
  public static let documentation = """
    Takes about a second for each gigabyte; others go on meanwhile.
    """
  public static let access = MethodAccess.reads
  public static let scope = MethodScope.admin
  public static let errors: [ErrorCode] = [.notFound, .storageFailed]
  public static let example = MethodExample(
    Params(), BackupReport(backup: .example, problems: []))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var backup: String?

    public init(backup: String? = nil) { self.backup = backup }

    public static let fields = [
      "backup": "Its name; absent is the newest."
    ]
  }
}
