import Glibc
import SQLite

/// A copy of the vault's database under way, written beside its place. Whoever lets go of it before `finish` leaves
/// nothing behind.
struct BackupJob: ~Copyable {
  private let file: BackupFile
  private var copy: Copy?
  private var finished = false
  private(set) var percent = 0

  // The backup handle must go before the connection it writes to; a struct's members are destroyed in this order.
  private struct Copy: ~Copyable {
    let backup: Backup
    let database: Database
  }

  init(of source: Database, to target: String) throws(StoreError) {
    let file = BackupFile(target: target)
    file.discard()
    let descriptor = unsafe open(file.partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Files.failure(file.partial) }
    close(descriptor)
    do {
      let database = try Database(file.partial, .readWrite)
      // The copy is synced once, at its end; until then it is nobody's, and nobody would roll it back from a journal.
      try database.connection.execute("PRAGMA synchronous=OFF")
      try database.connection.execute("PRAGMA journal_mode=MEMORY")
      copy = Copy(backup: try Backup(from: source.connection, to: database.connection), database: database)
      self.file = file
    } catch {
      file.discard()
      throw StoreError(thrown: error)
    }
  }

  deinit { if !finished { file.discard() } }

  /// True when all pages are copied. On the source's thread, outside its transactions.
  mutating func step(pages: Int) throws(StoreError) -> Bool {
    do {
      guard let complete = try copy?.backup.step(pages: pages) else {
        preconditionFailure("a finished backup was stepped")
      }
      let total = max(1, copy?.backup.totalPages ?? 0)
      percent = (total - (copy?.backup.remainingPages ?? 0)) * 100 / total
      return complete
    } catch {
      throw StoreError(error)
    }
  }

  /// Closes the copy. What is left to do with the file may be done on any thread.
  mutating func finish() -> BackupFile {
    copy = nil
    finished = true
    return file
  }
}

/// A whole copy that has not been looked at yet: checked, synced, and only then given its name, so that under that name
/// a backup is sound or not there.
struct BackupFile: Sendable {
  let target: String
  var partial: String { target + ".part" }

  func publish() throws(StoreError) {
    do throws(StoreError) {
      try verify()
      try Files.sync(partial)
      guard unsafe rename(partial, target) == 0 else { throw Files.failure(target) }
      try Files.sync(Files.folder(of: target))
    } catch {
      discard()
      throw error
    }
  }

  func discard() { for ending in Self.companions { unsafe unlink(partial + ending) } }

  /// The name of the half that a file is or lies beside; nil for other files.
  static func half(of name: String) -> String? {
    for ending in companions where name.hasSuffix(".db.part" + ending) {
      return String(name.dropLast(ending.utf8.count))
    }
    return nil
  }

  /// The half itself, and what SQLite lays beside one while it is written and while it is checked.
  static let companions = ["", "-journal", "-wal", "-shm"]

  private func verify() throws(StoreError) {
    let problems = try storing { () throws(SQLiteError) in
      let database = try Database(partial, .readWrite)
      // The copy says it uses a write-ahead log, as its source does; a backup has none and stays one file.
      try database.connection.execute("PRAGMA journal_mode=DELETE")
      return try database.rows(Self.check) { $0.text(0) }
    }
    guard problems == ["ok"] else {
      throw .corrupt("its copy is not sound: \(problems.prefix(3).joined(separator: "; "))")
    }
  }

  private static let check = Query("PRAGMA integrity_check(100)")
}
