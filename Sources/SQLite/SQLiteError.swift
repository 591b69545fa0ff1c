import CSQLite

/// What SQLite answered instead of doing its work.
package struct SQLiteError: Error, Sendable, Hashable {
  /// The primary code (`SQLITE_IOERR`), the extended one (`SQLITE_IOERR_FSYNC`), and errno where a system call failed.
  package let code: Int32
  package let extendedCode: Int32
  package let systemError: Int32
  package let message: String
  /// The statement, without its values: those may be private.
  package let sql: String?

  package init(extendedCode: Int32, systemError: Int32 = 0, message: String, sql: String? = nil) {
    self.code = extendedCode & 0xFF
    self.extendedCode = extendedCode
    self.systemError = systemError
    self.message = message
    self.sql = sql
  }

  /// The C name of the extended code, which is what a person looks up.
  package var name: String { names[extendedCode] ?? names[code] ?? "SQLITE_\(extendedCode)" }
}

extension SQLiteError: CustomStringConvertible {
  package var description: String {
    let system = systemError == 0 ? "" : " (errno \(systemError))"
    return "\(name): \(message)\(system)" + (sql.map { " in \($0)" } ?? "")
  }
}

extension SQLiteError {
  package var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }
  package var isFull: Bool { code == SQLITE_FULL }
  package var isInputOutput: Bool { code == SQLITE_IOERR }
  package var isSync: Bool {
    extendedCode == csqliteIOErrorFsync || extendedCode == csqliteIOErrorDirectoryFsync
  }
  package var isCorrupt: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }
  package var isOutOfMemory: Bool { code == SQLITE_NOMEM }
  /// What was to be stored is nothing the database takes, now or later.
  package var refusesValues: Bool {
    [SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_RANGE, SQLITE_TOOBIG, SQLITE_MISUSE].contains(code)
  }

  /// The connection's account of its last failure. Only meaningful right after a call that failed.
  @unsafe init(_ connection: OpaquePointer?, code: Int32, sql: String? = nil) {
    let text = unsafe sqlite3_errstr(code)
    let plain = unsafe text.map { unsafe String(cString: $0) } ?? "error \(code)"
    guard let connection = unsafe connection else {
      self.init(extendedCode: code, message: plain, sql: sql)
      return
    }
    let extended = unsafe sqlite3_extended_errcode(connection)
    // A misuse answers a code of its own that the connection does not record.
    guard extended & 0xFF == code & 0xFF else {
      self.init(extendedCode: code, message: plain, sql: sql)
      return
    }
    let message = unsafe sqlite3_errmsg(connection)
    self.init(
      extendedCode: extended,
      // Only these come from a system call; for others errno is an old one.
      systemError: [SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN].contains(code & 0xFF)
        ? unsafe sqlite3_system_errno(connection) : 0,
      message: unsafe message.map { unsafe String(cString: $0) } ?? plain, sql: sql)
  }
}

// Extended codes are macros with arithmetic, which the importer leaves out.
private let csqliteIOErrorFsync = SQLITE_IOERR | (4 << 8)
private let csqliteIOErrorDirectoryFsync = SQLITE_IOERR | (5 << 8)

private let names: [Int32: String] = [
  SQLITE_ERROR: "SQLITE_ERROR", SQLITE_INTERNAL: "SQLITE_INTERNAL", SQLITE_PERM: "SQLITE_PERM",
  SQLITE_ABORT: "SQLITE_ABORT", SQLITE_BUSY: "SQLITE_BUSY", SQLITE_LOCKED: "SQLITE_LOCKED",
  SQLITE_NOMEM: "SQLITE_NOMEM", SQLITE_READONLY: "SQLITE_READONLY", SQLITE_INTERRUPT: "SQLITE_INTERRUPT",
  SQLITE_IOERR: "SQLITE_IOERR", SQLITE_CORRUPT: "SQLITE_CORRUPT", SQLITE_NOTFOUND: "SQLITE_NOTFOUND",
  SQLITE_FULL: "SQLITE_FULL", SQLITE_CANTOPEN: "SQLITE_CANTOPEN", SQLITE_PROTOCOL: "SQLITE_PROTOCOL",
  SQLITE_SCHEMA: "SQLITE_SCHEMA", SQLITE_TOOBIG: "SQLITE_TOOBIG", SQLITE_CONSTRAINT: "SQLITE_CONSTRAINT",
  SQLITE_MISMATCH: "SQLITE_MISMATCH", SQLITE_MISUSE: "SQLITE_MISUSE", SQLITE_RANGE: "SQLITE_RANGE",
  SQLITE_NOTADB: "SQLITE_NOTADB",
  SQLITE_IOERR | (1 << 8): "SQLITE_IOERR_READ",
  SQLITE_IOERR | (2 << 8): "SQLITE_IOERR_SHORT_READ",
  SQLITE_IOERR | (3 << 8): "SQLITE_IOERR_WRITE",
  csqliteIOErrorFsync: "SQLITE_IOERR_FSYNC",
  csqliteIOErrorDirectoryFsync: "SQLITE_IOERR_DIR_FSYNC",
  SQLITE_IOERR | (6 << 8): "SQLITE_IOERR_TRUNCATE",
  SQLITE_IOERR | (7 << 8): "SQLITE_IOERR_FSTAT",
  SQLITE_IOERR | (8 << 8): "SQLITE_IOERR_UNLOCK",
  SQLITE_IOERR | (9 << 8): "SQLITE_IOERR_RDLOCK",
  SQLITE_IOERR | (10 << 8): "SQLITE_IOERR_DELETE",
  SQLITE_IOERR | (12 << 8): "SQLITE_IOERR_NOMEM",
  SQLITE_IOERR | (15 << 8): "SQLITE_IOERR_LOCK",
  SQLITE_IOERR | (18 << 8): "SQLITE_IOERR_SHMOPEN",
  SQLITE_IOERR | (19 << 8): "SQLITE_IOERR_SHMSIZE",
  SQLITE_IOERR | (20 << 8): "SQLITE_IOERR_SHMLOCK",
  SQLITE_IOERR | (21 << 8): "SQLITE_IOERR_SHMMAP",
  SQLITE_IOERR | (24 << 8): "SQLITE_IOERR_MMAP",
  SQLITE_IOERR | (33 << 8): "SQLITE_IOERR_CORRUPTFS",
  SQLITE_BUSY | (1 << 8): "SQLITE_BUSY_RECOVERY",
  SQLITE_BUSY | (2 << 8): "SQLITE_BUSY_SNAPSHOT",
  SQLITE_CONSTRAINT | (1 << 8): "SQLITE_CONSTRAINT_CHECK",
  SQLITE_CONSTRAINT | (3 << 8): "SQLITE_CONSTRAINT_FOREIGNKEY",
  SQLITE_CONSTRAINT | (5 << 8): "SQLITE_CONSTRAINT_NOTNULL",
  SQLITE_CONSTRAINT | (6 << 8): "SQLITE_CONSTRAINT_PRIMARYKEY",
  SQLITE_CONSTRAINT | (8 << 8): "SQLITE_CONSTRAINT_UNIQUE",
  SQLITE_CONSTRAINT | (12 << 8): "SQLITE_CONSTRAINT_DATATYPE",
  SQLITE_CORRUPT | (1 << 8): "SQLITE_CORRUPT_VTAB",
  SQLITE_CORRUPT | (3 << 8): "SQLITE_CORRUPT_INDEX",
  SQLITE_READONLY | (1 << 8): "SQLITE_READONLY_RECOVERY",
  SQLITE_READONLY | (8 << 8): "SQLITE_READONLY_DBMOVED",
]
