import CSQLite

extension Connection {
  package enum Checkpoint: Sendable {
    /// What can be moved into the database without waiting for a reader.
    case passive
    /// Everything, and the log is cut to nothing; a reader in its transaction makes it busy.
    case truncate
  }

  /// Moves the write-ahead log into the database and syncs it. False when a reader kept some of it back.
  @discardableResult
  package func checkpoint(_ kind: Checkpoint) throws(SQLiteError) -> Bool {
    let mode = kind == .passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE
    var (log, moved): (Int32, Int32) = (0, 0)
    let code = unsafe sqlite3_wal_checkpoint_v2(handle, nil, mode, &log, &moved)
    if code & 0xFF == SQLITE_BUSY { return false }
    guard code == SQLITE_OK else { throw unsafe SQLiteError(handle, code: code, sql: "wal_checkpoint") }
    return log == moved
  }
}
