public import Model

/// The backups that are there.
public enum BackupList: Method {
  public typealias Params = Empty

  public static let name = "backup.list"
  public static let summary = "Lists the caller's backups"
  public static let documentation = """
    The newest first, of all configured folders. They are kept for as long as the configuration says, 30 days without; the newest \
    is always kept.
    """
  public static let access = MethodAccess.reads
  public static let scope = MethodScope.admin
  public static let errors: [ErrorCode] = [.storageFailed]
  public static let example = MethodExample(
    Empty(), Result(backups: [.example]))

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var backups: [VaultBackup]

    public init(backups: [VaultBackup]) { self.backups = backups }

    public static let fields = [
      "backups": "All of them."
    ]
  }
}
