package import Model
import SQLite

extension Vault {
  /// What the vault weighs. Counts every row, which takes a moment in a large one.
  package func stats() async throws(StoreError) -> StorageStats {
    var stats = try await readSlowly { try $0.stats() }
    stats.walBytes = Files.size(directory.writeAheadLog) ?? 0
    stats.ballast = Ballast(path: directory.ballast).isThere
    return stats
  }

  /// False while the disk is full and new writes are refused. Costs one look at the folder.
  package var hasReserve: Bool { Ballast(path: directory.ballast).isThere }

  /// Reads the whole database: SQLite's own check, foreign keys, and what only we know. Takes seconds for a gigabyte, on
  /// the files' thread; writes and ordinary reads go on.
  ///
  /// With `repair`, indexes are rebuilt and the counter is lifted above every row, when either is the trouble, in one
  /// write that others wait for. A damaged table cannot be mended here: that is what backups are for.
  package func check(repair: Bool = false) async throws(StoreError) -> StorageReport {
    let problems = try await readSlowly { try $0.problems() }
    guard repair else { return StorageReport(ok: problems.isEmpty, problems: problems) }
    var repaired: [String] = []
    do throws(StoreError) {
      try await write(.finishing) { try $0.checkSearch() }
    } catch .corrupt {
      try await write(.finishing) { try $0.rebuildSearch() }
      repaired.append("the search index was damaged and is made anew")
    }
    guard !problems.isEmpty else { return StorageReport(ok: true, problems: [], repaired: repaired) }
    try await write(.finishing) { try $0.repair() }
    let remaining = try await readSlowly { try $0.problems() }
    return StorageReport(
      ok: remaining.isEmpty, problems: remaining,
      repaired: problems.filter { !remaining.contains($0) } + repaired)
  }

  /// Gathers what makes queries slow after long use: pieces of the search index are joined, statistics of the tables
  /// renewed. In small steps, so that sends go on between them.
  package func optimise() async throws(StoreError) {
    _ = try await indexWaiting(atMost: .max)
    // Each step joins a few hundred pages; the bound is for an index that never says it is done.
    for _ in 0..<100_000 {
      guard try await write(.finishing, { try $0.mergeSearch() }) else { break }
    }
    try await write(.finishing) { try $0.renewStatistics() }
  }
}

private enum CheckQuery {
  static let integrity = Query("PRAGMA integrity_check(100)")
  static let foreignKeys = Query("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 100")
  static let reindex = Query("REINDEX")
  static let analysisLimit = Query("PRAGMA analysis_limit = 400")
  static let optimise = Query("PRAGMA optimize")
}

extension Reading {
  /// All but what lies beside the database.
  fileprivate func stats() throws(StoreError) -> StorageStats {
    let pageSize = try number(SchemaQuery.pageSize)
    var counts: [String: Int64] = [:]
    for name in try tableNames() {
      counts[name] = try access.perform { database throws(SQLiteError) in
        let statement = try database.connection.prepare("SELECT count(*) FROM \"\(name)\"")
        return try statement.step() ? statement.row.integer(0) : 0
      }
    }
    return StorageStats(
      databaseBytes: try number(SchemaQuery.pages) * pageSize, walBytes: 0,
      freeBytes: try number(SchemaQuery.freePages) * pageSize, schema: Int(try number(SchemaQuery.version)),
      change: try change(), rows: counts, ballast: true)
  }

  private func number(_ query: Query) throws(StoreError) -> Int64 { try first(query) { $0.integer(0) } ?? 0 }

  fileprivate func problems() throws(StoreError) -> [String] {
    var problems = try rows(CheckQuery.integrity) { $0.text(0) }.filter { $0 != "ok" }
    problems += try rows(CheckQuery.foreignKeys) { row in
      "\(row.text(0)) row \(row.integer(1)) points at a \(row.text(2)) that is not there"
    }
    return try problems + counterProblems()
  }
}

extension Transaction {
  /// SQLite looks at a bounded part of each index, and only where a table has grown.
  fileprivate func renewStatistics() throws(StoreError) {
    try run(CheckQuery.analysisLimit)
    try run(CheckQuery.optimise)
  }

  fileprivate func repair() throws(StoreError) {
    try run(CheckQuery.reindex)
    for table in VisibleTable.all { ledger.raise(to: try first(table.highest) { $0.integer(0) } ?? 0) }
  }
}
