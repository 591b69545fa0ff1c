public import Base

/// A copy of a vault's database, whole and checked when it was made.
public struct VaultBackup: Codable, Hashable, Sendable {
  public var name: String
  public var folder: String
  public var bytes: Int64
  public var createdAt: Timestamp

  public init(name: String, folder: String, bytes: Int64, createdAt: Timestamp) {
    self.name = name
    self.folder = folder
    self.bytes = bytes
    self.createdAt = createdAt
  }
}

/// What reading all of a backup found. `problems` is empty when it can be restored.
public struct BackupReport: Codable, Hashable, Sendable {
  public var backup: VaultBackup
  public var ok: Bool
  public var problems: [String]

  public init(backup: VaultBackup, problems: [String]) {
    self.backup = backup
    ok = problems.isEmpty
    self.problems = problems
  }
}
