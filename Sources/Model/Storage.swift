/// What an owner's vault weighs.
public struct StorageStats: Codable, Hashable, Sendable {
  public var databaseBytes: Int64
  public var walBytes: Int64
  public var freeBytes: Int64
  public var schema: Int
  public var change: Int64
  /// Rows by table, exact.
  public var rows: [String: Int64]
  /// False while the reserve for a full disk is gone and new writes are refused.
  public var ballast: Bool

  public init(
    databaseBytes: Int64, walBytes: Int64, freeBytes: Int64, schema: Int, change: Int64,
    rows: [String: Int64],
    ballast: Bool
  ) {
    self.databaseBytes = databaseBytes
    self.walBytes = walBytes
    self.freeBytes = freeBytes
    self.schema = schema
    self.change = change
    self.rows = rows
    self.ballast = ballast
  }
}

/// What an integrity check found. `problems` is empty when all is well.
public struct StorageReport: Codable, Hashable, Sendable {
  public var ok: Bool
  public var problems: [String]
  public var repaired: [String]

  public init(ok: Bool, problems: [String], repaired: [String] = []) {
    self.ok = ok
    self.problems = problems
    self.repaired = repaired
  }
}
