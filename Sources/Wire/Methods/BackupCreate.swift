public import Model

/// Makes a backup.
public enum BackupCreate: Method {
  public static let name = "backup.create"
  public static let summary = "Copies the caller's vault to a file"
  public static let documentation = """
    Everything else goes on meanwhile, and what is written meanwhile is in the copy. It answers when the copy is whole, checked and \
    on the disk; a copy that cannot be finished, on a full disk say, leaves nothing. `folder` must be one of the configuration's \
    `backups.folders` or below it. It changes no row, so it takes no `key`.
    """
  public static let access = MethodAccess.reads
  public static let scope = MethodScope.admin
  public static let errors: [ErrorCode] = [.storageFull, .storageFailed, .rateLimited]
  public static let example = MethodExample(
    Params(), Result(backup: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var folder: String?

    public init(folder: String? = nil) { self.folder = folder }

    public static let fields = [
      "folder": "An absolute path; absent is the first configured folder, or the one beside the data."
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var backup: VaultBackup

    public init(backup: VaultBackup) { self.backup = backup }

    public static let fields = [
      "backup": "The copy."
    ]
  }
}
