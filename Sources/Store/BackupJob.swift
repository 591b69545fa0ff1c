import Glibc
import SQLite

/// A copy of the vault's database under way: written beside its place, checked, synced, and only then given its name, so
/// that a backup is whole or not there.
struct BackupJob: ~Copyable {
  private let target: String
  private let partial: String
  private var copy: Copy?
  private(set) var percent = 0

  // The backup handle must go before the connection it writes to; a struct's members are destroyed in this order.
  struct Copy: ~Copyable {
    let backup: Backup
    let database: Database
  }

  init(of source: Database, to target: String) throws(StoreError) {
    self.target = target
    partial = target + ".part"
    unsafe unlink(target + ".part")
    let descriptor = unsafe open(target + ".part", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw fullErrors.contains(errno) ? .storageFull : .refused(path: target, reason: Files.reason())
    }
    close(descriptor)
    do {
      let database = try Database(target + ".part", .readWrite)
      // The copy is synced once, at its end; until then it is nobody's.
      try database.connection.execute("PRAGMA synchronous=OFF")
      copy = Copy(backup: try Backup(from: source.connection, to: database.connection), database: database)
    } catch {
      copy = nil
      unsafe unlink(target + ".part")
      throw StoreError(thrown: error)
    }
  }

  deinit { unsafe unlink(partial) }

  /// True when all pages are copied. On the source's thread, outside its transactions.
  mutating func step(pages: Int) throws(StoreError) -> Bool {
    guard let done = try copy?.step(pages) else { preconditionFailure("a finished backup was stepped") }
    percent = done.percent
    return done.complete
  }

  /// Checks the copy through a connection of its own and puts it in its place, replacing an older one.
  mutating func finish() throws(StoreError) {
    copy = nil
    try verify()
    try Files.syncFile(partial)
    guard unsafe rename(partial, target) == 0 else {
      throw .refused(path: target, reason: Files.reason())
    }
    try Files.syncDirectory(String(target[..<(target.lastIndex(of: "/") ?? target.startIndex)]))
  }

  private borrowing func verify() throws(StoreError) {
    let problems = try storing { () throws(SQLiteError) in
      // The copy says it uses a write-ahead log, as its source does; a copy has none and stays one file.
      let database = try Database(partial, .readWrite)
      try database.connection.execute("PRAGMA journal_mode=DELETE")
      return try database.rows(IntegrityQuery.whole) { $0.text(0) }
    }
    guard problems == ["ok"] else {
      throw .corrupt("its copy is not sound: \(problems.prefix(3).joined(separator: "; "))")
    }
  }
}

extension BackupJob.Copy {
  func step(_ pages: Int) throws(StoreError) -> (complete: Bool, percent: Int) {
    do {
      let complete = try backup.step(pages: pages)
      let total = max(1, backup.totalPages)
      return (complete, (total - backup.remainingPages) * 100 / total)
    } catch {
      throw StoreError(error)
    }
  }
}

enum IntegrityQuery {
  static let whole = Query("PRAGMA integrity_check(100)")
}
