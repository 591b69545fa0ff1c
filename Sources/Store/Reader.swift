import SQLite

/// One read-only connection on a thread of its own. Its transactions are as short as the closures it is given: a long one
/// would keep the write-ahead log from being emptied.
actor Reader {
  /// By whose load the least busy reader is found.
  nonisolated let thread: ReadingThread
  private let path: String
  private var access: Access?
  private var severed = false
  private var held: [CheckedContinuation<Void, Never>] = []
  private var closed = false

  init(_ path: String, on thread: ReadingThread) {
    self.path = path
    self.thread = thread
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe thread.executor.asUnownedSerialExecutor()
  }

  func read<Answer: Sendable>(
    _ body: @Sendable (Snapshot) throws -> Answer
  ) async -> Result<Answer, StoreError> {
    while severed { await hold() }
    do {
      let access = try opened()
      defer { if access.takeWound() != nil { self.access = nil } }
      let result = try access.database.transaction(.reading) { try body(Snapshot(access: access)) }
      return result.mapError { StoreError(thrown: $0) }
    } catch let error as StoreError {
      return .failure(error)
    } catch {
      return .failure(StoreError(thrown: error))
    }
  }

  private func opened() throws -> Access {
    if let access { return access }
    if closed { throw StoreError.closed }
    // Opening can meet the recovery of a log, which holds a lock for a moment.
    let database = try Database(path, .readOnly, busyTimeout: .seconds(5))
    database.connection.keepLogOnClose()
    try database.connection.execute(
      "PRAGMA query_only=ON; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF")
    try database.connection.addMatchScore()
    let made = Access(database)
    access = made
    return made
  }

  /// Keeps nothing in memory that can be read again.
  func releaseMemory() { access?.database.connection.releaseMemory() }

  /// Closes the connection; reads wait until `restore`.
  func sever() {
    access?.database.close()
    access = nil
    severed = true
  }

  func restore() {
    severed = false
    for waiting in held { waiting.resume() }
    held = []
  }

  private func hold() async {
    await withCheckedContinuation { continuation in
      // Looked at again, since making the continuation may have let `restore` run.
      if severed { held.append(continuation) } else { continuation.resume() }
    }
  }

  func close() {
    closed = true
    access = nil
  }
}

extension StoreError {
  /// Any error that came out of a closure or of SQLite, as one of ours.
  init(thrown error: any Error) {
    self =
      switch error {
      case let error as StoreError: error
      case let error as SQLiteError: StoreError(error)
      default: .body(error)
      }
  }
}
