import SQLite

/// The vault's one row about itself.
enum VaultRow {
  static let change = Query("SELECT change FROM vault")
  static let setChange = Query("UPDATE vault SET change = ?")
  static let flush = Query("UPDATE vault SET flushes = flushes + 1")
}

extension Reading {
  /// The durable counter: the highest `change` any visible row has.
  package func change() throws(StoreError) -> Int64 {
    guard let change = try first(VaultRow.change, read: { $0.integer(0) }) else {
      throw .corrupt("its change counter is missing")
    }
    return change
  }
}
