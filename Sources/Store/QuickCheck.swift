import Base
import SQLite

extension Writer {
  /// What is looked at after an unclean end, before anything is served.
  ///
  /// SQLite's own checks read the whole file, seconds for a gigabyte, and would find little that recovery has not: the
  /// log's frames carry checksums, and the database file is only written from a log that stays until it is synced. So
  /// this reads edges: the schema, one end of every table (a statement's preparation and first row touch the pages above
  /// it), and whether the counter is ahead of every row. `storage.check` reads everything.
  func quickCheck(_ access: Access) throws(StoreError) {
    let snapshot = Snapshot(access: access)
    for name in try snapshot.tableNames() {
      try storing { () throws(SQLiteError) in
        let statement = try access.database.connection.prepare("SELECT * FROM \"\(name)\" LIMIT 1")
        _ = try statement.step()
      }
    }
    let problems = try snapshot.counterProblems()
    guard problems.isEmpty else { throw .corrupt(problems.joined(separator: "; ")) }
  }
}

enum SchemaQuery {
  /// Tables of ours: SQLite's own and the shadows of search indexes are left out.
  static let tables = Query(
    """
    SELECT name FROM pragma_table_list
    WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name
    """)
  static let version = Query("PRAGMA user_version")
  static let pageSize = Query("PRAGMA page_size")
  static let pages = Query("PRAGMA page_count")
  static let freePages = Query("PRAGMA freelist_count")
}

extension Reading {
  func tableNames() throws(StoreError) -> [String] { try rows(SchemaQuery.tables) { $0.text(0) } }

  /// A row ahead of the counter would be missed by every client that has read up to the counter.
  func counterProblems() throws(StoreError) -> [String] {
    let counter = try change()
    var problems: [String] = []
    for table in VisibleTable.all {
      let highest = try first(table.highest) { $0.integer(0) } ?? 0
      if highest > counter {
        problems.append("\(table.table) has change \(highest), beyond the counter's \(counter)")
      }
    }
    return problems
  }
}
