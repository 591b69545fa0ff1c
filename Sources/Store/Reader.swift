import SQLite
import Synchronization

/// One read-only connection on a thread of its own. Its transactions are as short as the closures it is given: a long one
/// would keep the write-ahead log from being emptied.
actor Reader {
  private let executor: any SerialExecutor
  private let path: String
  private var access: Access?
  private var severed: SQLiteError?
  private var closed = false
  /// Closures waiting or running, by which the least busy reader is found.
  nonisolated let waiting = Atomic<Int>(0)

  init(_ path: String, on executor: any SerialExecutor) {
    self.path = path
    self.executor = executor
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  func read<Answer: Sendable>(
    _ body: @Sendable (borrowing Snapshot) throws -> Answer
  ) -> Result<Answer, StoreError> {
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
    if let severed { throw StoreError(severed) }
    // Opening can meet the recovery of a log, which holds a lock for a moment.
    let database = try Database(path, .readOnly, busyTimeout: .seconds(5))
    database.connection.keepLogOnClose()
    try database.connection.execute(
      "PRAGMA query_only=ON; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF")
    let made = Access(database)
    access = made
    return made
  }

  /// Closes the connection; reads fail with `cause` until `restore`.
  func sever(_ cause: SQLiteError) {
    access = nil
    severed = cause
  }

  func restore() { severed = nil }

  func close() {
    closed = true
    access = nil
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
