import Base
import SQLite

/// Brings a database to the schema of this build, or refuses it in a sentence.
///
/// Runs on the writer's connection before anybody else has one. Each step is one transaction, so a crash leaves the
/// database at the step before; a database that is not new is copied first.
struct Migrator {
  let directory: VaultDirectory
  let now: Timestamp
  let log: Log
  let progress: (String) -> Void
  var migrations = Migration.all

  /// In the file's header, so that a database of another program is not taken for ours: "COMP".
  static let applicationID: Int64 = 0x434F_4D50

  /// Refuses what is not ours or newer than we know. Changes nothing, so it comes before anything else.
  func recognise(_ database: Database) throws(StoreError) {
    guard try !isNew(database) else { return }
    guard try number(database, Pragma.applicationID) == Self.applicationID else {
      throw .corrupt("it is not a companion database")
    }
    let known = migrations.last?.number ?? 0
    let found = try schema(of: database)
    guard found <= known else { throw .newerSchema(found: found, known: known) }
    try compareChecksums(database, upTo: found)
  }

  func run(_ database: Database) throws(StoreError) {
    if try isNew(database) { try create(database) }
    let found = try schema(of: database)
    let pending = migrations.filter { $0.number > found }
    guard let first = pending.first else { return }
    if found > 0 { try backUp(database, before: first) }
    for migration in pending { try apply(migration, to: database) }
  }

  private func schema(of database: Database) throws(StoreError) -> Int {
    Int(try number(database, Pragma.userVersion))
  }

  private func isNew(_ database: Database) throws(StoreError) -> Bool {
    try number(database, Pragma.tables) == 0
  }

  private func create(_ database: Database) throws(StoreError) {
    try storing { () throws(SQLiteError) in
      try database.connection.execute(
        """
        BEGIN IMMEDIATE;
        PRAGMA application_id = \(Self.applicationID);
        CREATE TABLE migrations (
          number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, at INTEGER NOT NULL
        ) STRICT;
        COMMIT
        """)
    }
  }

  private func compareChecksums(_ database: Database, upTo found: Int) throws(StoreError) {
    let recorded = try storing { () throws(SQLiteError) in
      try database.rows(Pragma.checksums) { row in (number: Int(row.integer(0)), checksum: row.text(1)) }
    }
    guard recorded.map(\.number) == Array(migrations.map(\.number).prefix { $0 <= found }) else {
      throw .corrupt("its list of migrations does not match its schema number \(found)")
    }
    for (entry, migration) in zip(recorded, migrations) where entry.checksum != migration.checksum {
      throw .alteredMigration(entry.number)
    }
  }

  private func apply(_ migration: Migration, to database: Database) throws(StoreError) {
    progress("migrating to schema \(migration.number) (\(migration.name))")
    let result = try storing { () throws(SQLiteError) in
      try database.transaction(.writing) { () throws(SQLiteError) in
        try database.connection.execute(migration.sql)
        try database.run(
          Pragma.record,
          [
            .integer(migration.number), .text(migration.name), .text(migration.checksum),
            .integer(now.milliseconds),
          ])
        try database.connection.execute("PRAGMA user_version = \(migration.number)")
      }
    }
    if case .failure(let error) = result { throw StoreError(error) }
    log.info("the vault has a new schema", ["schema": migration.number, "name": migration.name])
  }

  private func backUp(_ database: Database, before migration: Migration) throws(StoreError) {
    try VaultDirectory.makePrivate(directory.backups, log: log)
    var copy = try BackupJob(
      of: database, to: directory.backups + "/before-migration-\(migration.number).db")
    repeat {
      progress("copying the vault before migration \(migration.number): \(copy.percent) %")
    } while try !copy.step(pages: 4096)
    try copy.finish().publish()
  }

  private func number(_ database: Database, _ query: Query) throws(StoreError) -> Int64 {
    try storing { () throws(SQLiteError) in try database.first(query) { $0.integer(0) } ?? 0 }
  }
}

private enum Pragma {
  static let userVersion = Query("PRAGMA user_version")
  static let applicationID = Query("PRAGMA application_id")
  static let tables = Query("SELECT count(*) FROM sqlite_schema")
  static let checksums = Query("SELECT number, checksum FROM migrations ORDER BY number")
  static let record = Query("INSERT INTO migrations (number, name, checksum, at) VALUES (?, ?, ?, ?)")
}

/// SQLite's errors as the vault's.
func storing<Answer>(_ body: () throws(SQLiteError) -> Answer) throws(StoreError) -> Answer {
  do { return try body() } catch { throw StoreError(error) }
}
