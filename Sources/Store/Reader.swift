import SQLite
import Synchronization

/// One read-only connection on a thread of its own. Its transactions are as short as the closures it is given: a long one
/// would keep the write-ahead log from being emptied.
actor Reader {
  private let executor: any SerialExecutor
  private let path: String
  private var access: Access?
  private var severed = false
  private var held: [CheckedContinuation<Void, Never>] = []
  private var closed = false
  /// Closures waiting or running, by which the least busy reader is found.
  nonisolated let waiting = Atomic<Int>(0)

  init(_ path: String, on executor: any SerialExecutor) {
    self.path = path
    self.executor = executor
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

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

  /// Work on files that takes its time, such as reading all of a backup.
  func perform<Answer: Sendable>(
    _ body: @Sendable () throws -> Answer
  ) -> Result<Answer, StoreError> {
    do { return .success(try body()) } catch { return .failure(StoreError(thrown: error)) }
  }

  /// Checks a finished copy and gives it its name: here because reading all of a large one takes seconds.
  func publish(_ copy: BackupFile) -> Result<Void, StoreError> {
    do { return .success(try copy.publish()) } catch { return .failure(error) }
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
