package import Base
import SQLite

/// One write operation in progress, lent to a closure on the writer's thread. Like a snapshot it cannot be kept.
package struct Transaction: Reading {
  package let access: Access
  /// The wall clock at the beginning of the batch.
  package let now: Timestamp
  let ledger: Ledger
  let limits: Limits

  /// Runs a statement of a table.
  func run(_ query: Query, _ values: Value...) throws(StoreError) {
    try access.perform { database throws(SQLiteError) in try database.run(query, values) }
  }

  /// Runs `body` in a savepoint of its own: when it fails, what it did is undone and the rest of the operation goes on. For what may not
  /// take its neighbours along; what concerns the whole connection fails everybody all the same. The failure, nil when there is none.
  package func trying(_ body: (Transaction) throws -> Void) throws(StoreError) -> (any Error)? {
    let outcome = try access.perform { database throws(SQLiteError) in
      try database.savepoint { try body(self) }
    }
    switch outcome {
    case .success: return nil
    case .failure(let error): return error
    }
  }

  /// Rows that the last statement changed.
  var changedRows: Int64 { access.database.connection.changes }

  /// The integer of the row that was inserted last.
  var insertedRow: Int64 { access.database.connection.lastInsertedRow }

  /// The `change` of the visible row that is about to be written: call it once for each.
  ///
  /// An operation counts as one change, however many rows it writes, up to a page of them: a page of `sync.changes` never
  /// ends inside a change, so one change must fit in a page.
  package func stamp() -> Int64 { ledger.stamp() }
}

/// The vault's durable counter as the open transaction sees it.
final class Ledger {
  static let rowsPerChange = 200

  private(set) var change: Int64
  /// What the database's row says.
  private(set) var stored: Int64
  private var rows = 0
  private var atOperation: Int64

  init(_ change: Int64) {
    self.change = change
    stored = change
    atOperation = change
  }

  func beginOperation() {
    atOperation = change
    rows = 0
  }

  func stamp() -> Int64 {
    if rows == 0 || rows == Self.rowsPerChange {
      change += 1
      rows = 0
    }
    rows += 1
    return change
  }

  func raise(to least: Int64) { change = max(change, least) }
  func undoOperation() { change = atOperation }
  func committed() { stored = change }
  func undoBatch() { change = stored }
}
