import CSQLite
import Glibc

/// A copy of a database made a few pages at a time while the source goes on being written.
///
/// Writes made through the source's own connection between two steps are carried over to the copy; writes of another
/// connection would make it start again. Both connections must outlive the backup and stay on one thread.
@safe package struct Backup: ~Copyable {
  private let handle: OpaquePointer

  package init(from source: borrowing Connection, to target: borrowing Connection) throws(SQLiteError) {
    guard let handle = unsafe sqlite3_backup_init(target.handle, "main", source.handle, "main") else {
      throw unsafe SQLiteError(target.handle, code: sqlite3_errcode(target.handle), sql: "backup")
    }
    unsafe self.handle = handle
  }

  deinit { unsafe sqlite3_backup_finish(handle) }

  /// Copies some pages; true when that was the last of them. Busy and locked sources are tried again by the caller's
  /// next step.
  package func step(pages: Int) throws(SQLiteError) -> Bool {
    errno = 0
    let code = unsafe sqlite3_backup_step(handle, Int32(pages))
    // Neither connection is told of a failure before the backup is finished, and by then errno is another call's.
    let system = code & 0xFF == SQLITE_IOERR ? errno : 0
    switch code & 0xFF {
    case SQLITE_DONE: return true
    case SQLITE_OK, SQLITE_BUSY, SQLITE_LOCKED: return false
    default:
      let message = unsafe sqlite3_errstr(code).map { unsafe String(cString: $0) } ?? "error \(code)"
      throw SQLiteError(extendedCode: code, systemError: system, message: message, sql: "backup")
    }
  }

  package var remainingPages: Int { Int(unsafe sqlite3_backup_remaining(handle)) }
  package var totalPages: Int { Int(unsafe sqlite3_backup_pagecount(handle)) }
}
