import Base
import CSQLite

/// One connection to one database file, without SQLite's own mutex: whoever owns it keeps it on one thread at a time.
@safe package struct Connection: ~Copyable {
  package enum Mode: Sendable {
    /// The file is made when it is missing.
    case create
    case readWrite
    case readOnly
  }

  /// What must stay at its address, because SQLite writes to it, or outlive a close.
  private struct Shared {
    var walFrames: Int32 = 0
    var isClosed = false
  }

  let handle: OpaquePointer
  private let shared: UnsafeMutablePointer<Shared>

  /// `busyTimeout` is how long SQLite itself waits for a lock of another connection, blocking the thread.
  package init(_ path: String, _ mode: Mode, busyTimeout: Duration = .zero) throws(SQLiteError) {
    let access =
      switch mode {
      case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .readWrite: SQLITE_OPEN_READWRITE
      case .readOnly: SQLITE_OPEN_READONLY
      }
    var opened: OpaquePointer?
    let code = unsafe sqlite3_open_v2(
      path, &opened, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard code == SQLITE_OK, let connection = unsafe opened else {
      let failure = unsafe SQLiteError(opened, code: code)
      unsafe sqlite3_close_v2(opened)
      throw failure
    }
    let shared = UnsafeMutablePointer<Shared>.allocate(capacity: 1)
    unsafe shared.initialize(to: Shared())
    unsafe handle = connection
    unsafe self.shared = shared
    unsafe sqlite3_wal_hook(
      connection,
      { context, _, _, frames in
        unsafe context?.assumingMemoryBound(to: Shared.self).pointee.walFrames = frames
        return SQLITE_OK
      }, shared)
    setBusyTimeout(busyTimeout)
  }

  deinit {
    // The v2 form waits for statements that are finalised later.
    if unsafe !shared.pointee.isClosed { unsafe sqlite3_close_v2(handle) }
    unsafe shared.deallocate()
  }

  /// Closes now, for those who must know that nothing of the connection lives on: neither its locks nor its mapping of the
  /// log's index. Refused while a statement or a backup uses it. Afterwards there is nothing to do but let go of it.
  package func close() throws(SQLiteError) {
    let code = unsafe sqlite3_close(handle)
    guard code == SQLITE_OK else { throw unsafe SQLiteError(handle, code: code) }
    unsafe shared.pointee.isClosed = true
  }

  /// Runs one or several statements that have no parameters and whose rows do not matter.
  package func execute(_ sql: String) throws(SQLiteError) {
    let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw unsafe SQLiteError(handle, code: code, sql: sql) }
  }

  package func prepare(_ sql: String) throws(SQLiteError) -> Statement { try unsafe Statement(handle, sql) }

  /// Rows changed by all statements since the connection was opened.
  package var totalChanges: Int64 { unsafe sqlite3_total_changes64(handle) }
  /// Rows changed by the last statement.
  package var changes: Int64 { unsafe sqlite3_changes64(handle) }
  package var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }
  /// False inside a transaction. Some failures end the transaction on their own, which this tells.
  package var isAutocommit: Bool { unsafe sqlite3_get_autocommit(handle) != 0 }

  /// Frames in the write-ahead log after this connection's last commit. Asking for it took the place of SQLite's
  /// automatic checkpoints, which a connection opened here therefore never makes.
  package var walFrames: Int { Int(unsafe shared.pointee.walFrames) }

  package func setBusyTimeout(_ timeout: Duration) {
    unsafe sqlite3_busy_timeout(handle, Int32(clamping: timeout.wholeMilliseconds))
  }

  /// Gives back what is kept only to be fast: pages of the file, as a rule.
  package func releaseMemory() { _ = unsafe sqlite3_db_release_memory(handle) }

  /// Leaves the write-ahead log as it is when the last connection closes.
  package func keepLogOnClose() {
    unsafe csqlite_config_flag(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
  }

  /// Gives full-text queries of this connection the function `match_score`, which `shim.h` describes.
  package func addMatchScore() throws(SQLiteError) {
    let code = unsafe csqlite_add_match_score(handle)
    guard code == SQLITE_OK else { throw unsafe SQLiteError(handle, code: code, sql: "match_score") }
  }

  /// SQLite's own version, such as `3.40.1`.
  package static var version: String { unsafe String(cString: sqlite3_libversion()) }
}
