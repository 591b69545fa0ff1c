import Base
import Glibc
import SQLite

/// Full disks and failing ones.
extension Writer {
  var lastFailure: SQLiteError {
    failure ?? SQLiteError(extendedCode: 10, message: "the storage failed")
  }

  // MARK: A full disk

  /// The disk was found full: its reserve is given back, and the log's content moved, so that the log begins again in the
  /// room it has.
  func runFull() {
    if !full { log.warning("the disk is full; new writes are refused until there is room again") }
    full = true
    lastRetry = elapsed()
    metrics.full.set(1)
    _ = ballast.release()
    // It may fail for the same reason; then the operations that follow will tell.
    _ = try? access?.database.connection.checkpoint(.passive)
  }

  /// Whether there is room again: tried by a write that would otherwise be refused, at most once a second.
  func restoreBallast() -> Bool {
    guard mayRetry() else { return false }
    guard ballast.restore() else { return false }
    full = false
    metrics.full.set(0)
    log.notice("there is room on the disk again")
    return true
  }

  private func mayRetry() -> Bool {
    let now = elapsed()
    if let lastRetry, now - lastRetry < Self.retryDelay { return false }
    lastRetry = now
    return true
  }

  // MARK: A failing disk

  /// A failure outside any operation: nobody waits for an answer, so the log tells.
  func failed(_ error: SQLiteError, during what: String) {
    log.error("the storage failed", ["during": what, "error": error.description])
    if error.meansFull { runFull() }
    if error.wounds { failure = error }
  }

  func dealWith(_ error: SQLiteError) async {
    log.error("a batch could not be committed", ["error": error.description])
    if error.meansFull { runFull() }
    guard error.wounds else { return }
    failure = error
    lastRetry = nil
    _ = await revived()
  }

  /// Whether there is a sound connection; after a failure of the disk it makes a new one first, at most once a second.
  ///
  /// A sync that failed may have taken the pages with it: Linux marks them clean, and the next sync succeeds without
  /// them. The log could then have a hole, and everything acknowledged behind the hole would be lost at the next crash.
  /// So nothing of the old connections is trusted: all are closed, the log is cut behind its last commit (a batch that
  /// was refused must not come back), SQLite's recovery reads it anew and checks every frame, and its content is moved
  /// into the database and synced before anything else is acknowledged.
  func revived() async -> Bool {
    guard let failure else { return access != nil }
    guard mayRetry() else { return false }
    // A backup under way would keep the closed connection alive behind our back, and the index of the log mapped with it.
    abandonBackups(StoreError(failure))
    access?.database.rollBack()
    access?.database.connection.keepLogOnClose()
    let cut = access != nil
    access?.database.close()
    access = nil
    for reader in readers { await reader.sever() }
    if cut { cutLog() }
    let revived = reopen()
    for reader in readers { await reader.restore() }
    return revived
  }

  private func reopen() -> Bool {
    do {
      let database = try Database(directory.database, .readWrite, busyTimeout: .seconds(5))
      let access = Access(database)
      do {
        try prepare(database)
        try database.connection.checkpoint(.truncate)
        try take(access)
      } catch {
        database.connection.keepLogOnClose()
        throw error
      }
      failure = nil
      unsynced = false
      metrics.revivals.add()
      log.notice("the storage works again")
      return true
    } catch {
      if let error = error as? SQLiteError { failure = error }
      log.error("the storage still fails", ["error": "\(error)"])
      return false
    }
  }

  /// Removes frames that no successful commit covers. How many are covered stands in the log's shared index (SQLite's
  /// file format document, "WAL-Index header": the page size at byte 14, the frame count at byte 16, in the machine's
  /// byte order). All connections are closed by now, so nobody changes either file.
  private func cutLog() {
    guard let header = Files.read(directory.sharedMemory, 20), header[12] == 1 else { return }
    let page = Int(header[14]) | Int(header[15]) << 8
    let frames = Int(header[16]) | Int(header[17]) << 8 | Int(header[18]) << 16 | Int(header[19]) << 24
    let length = frames == 0 ? 0 : 32 + frames * ((page == 1 ? 65536 : page) + 24)
    guard let size = Files.size(directory.writeAheadLog), size > length else { return }
    if unsafe truncate(directory.writeAheadLog, length) != 0 {
      log.error("the log could not be cut behind its last commit", ["error": Files.reason()])
    }
  }
}
