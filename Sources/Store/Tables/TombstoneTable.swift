import SQLite

/// What was deleted, so that a client that was away learns it. Kept for ever: an entry is about sixty bytes.
enum TombstoneTable {
  static let insert = Query("INSERT OR REPLACE INTO tombstones (kind, id, change) VALUES (?, ?, ?)")
  static let remove = Query("DELETE FROM tombstones WHERE kind = ? AND id = ?")
}

extension Transaction {
  /// To be called in the operation that deletes or hides a visible row.
  func bury(kind: String, id: String) throws(StoreError) {
    try run(TombstoneTable.insert, .text(kind), .text(id), .integer(stamp()))
  }

  /// To be called in the operation that brings the row back with a `change` of its own.
  func unbury(kind: String, id: String) throws(StoreError) {
    try run(TombstoneTable.remove, .text(kind), .text(id))
  }
}
