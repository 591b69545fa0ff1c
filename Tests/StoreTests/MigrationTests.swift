import Base
import Glibc
import Model
import SQLite
import Testing

@testable import Store

@Suite struct MigrationTests {
  private let folder = TemporaryFolder()

  private func open(progress: @escaping @Sendable (String) -> Void = { _ in }) async throws -> Vault {
    try await Vault.open(folder.path, owner: someone, environment(progress: progress))
  }

  private func refusal() async -> StoreError? {
    await #expect(throws: StoreError.self) { _ = try await open() }
  }

  private func raw(_ sql: String) throws {
    let database = try Database(folder.path + "/companion.db", .create)
    try database.connection.execute(sql)
  }

  private func migrate(_ migrations: [Migration], progress: @escaping (String) -> Void = { _ in }) throws {
    let directory = try VaultDirectory(folder.path, log: Log(.silent, component: "store"))
    let database = try Database(directory.database, .readWrite)
    let migrator = Migrator(
      directory: directory, now: Timestamp(milliseconds: 0), log: Log(.silent, component: "store"),
      progress: progress, migrations: migrations)
    try migrator.recognise(database)
    try migrator.run(database)
    directory.release()
  }

  private let second = Migration(
    number: Migration.all.count + 1, name: "notes",
    sql: "CREATE TABLE notes (id INTEGER PRIMARY KEY); INSERT INTO notes VALUES (7)"
  )

  @Test func `migrations are numbered from one without a gap`() {
    #expect(Migration.all.map(\.number) == Array(1...Migration.all.count))
  }

  @Test func `a released migration is never edited`() {
    let released = [
      "836affcbaaa20c27ca397d061b664e341fc69a455e1a48098f204aecaeab44de",
      "b4a27b0b216f6b852fd9280594328f0ad7a7f494ae03ee1c9692aad80ba7fed2",
      "00e13534a0f6bf5340df6876d76c2b12aa9036fe048207ec69c2528c4e735aa2",
      "ff895d9b161dc11670d67f18a78381b41720f49dfaf04295b95497abc676de99",
      "c9e23db436a21b3e22e985fe771d5da76054055b748fd0e720db77a69642355f",
      "a3780444c1b43f0f79c2e855e02e0a65b9469996c528d768dd72b2c6057456fe",
      "f4311bb4dfe0b866f91b13fcb817c6a75850577a6d6bd8af8b6dc73762a0aa8f",
      "7543deb612acf832f27910e39ab607311648d6ddd1fa73e2da0ad68ef914fa9f",
      "a3dbca8f72c70708ebbbc2d8e8a888fa27b3beb9c1f09de769038fdbbbf1a59c",
      "7125ca22d99ad5a2a326d5f74b816969572049d3691e5febb62eab8e350017e9",
    ]
    #expect(Migration.all.map(\.checksum) == released)
  }

  @Test func `each earlier schema is brought up to date with its content, and copied before`() async throws {
    // Every schema but the newest, which all other tests begin with.
    #expect(EarlierSchemas.steps.count == Migration.all.count - 1)
    for earlier in 1...EarlierSchemas.steps.count {
      let folder = TemporaryFolder()
      let build = MigrationTests.build(schema: earlier, in: folder.path)
      try build()
      let vault = try await Vault.open(folder.path, owner: someone, environment())
      let settings = try await vault.read { try $0.settings() }
      #expect(
        settings.user?.name == "Ada" && settings.reuse && settings.revision == 2 && settings.change == 2)
      #expect(try await vault.stats().schema == Migration.all.count)
      #expect(try await vault.check().ok)
      #expect(Files.size(folder.path + "/backups/before-migration-\(earlier + 1).db") != nil)
      await vault.close()
    }
  }

  /// A vault as the build with that schema left it.
  private static func build(schema: Int, in path: String) -> () throws -> Void {
    {
      unsafe mkdir(path, 0o700)
      let database = try Database(path + "/companion.db", .create)
      var sql = EarlierSchemas.head
      for number in 1...schema {
        sql += EarlierSchemas.steps[number - 1]
        sql += """
          INSERT INTO migrations (number, name, checksum, at)
          VALUES (\(number), 'as it was', '\(Migration.all[number - 1].checksum)', 0);
          """
      }
      sql += "PRAGMA user_version = \(schema);"
      try database.connection.execute(sql)
    }
  }

  @Test func `a step is made once, told, and preceded by a copy of what was there`() async throws {
    let vault = try await open()
    _ = try await vault.write { try $0.apply(SettingsPatch(reuse: true)) }
    await vault.close()
    let told = Lock<[String]>([])
    try migrate(Migration.all + [second], progress: { line in told.withLock { $0.append(line) } })
    #expect(told.withLock { $0 }.last == "migrating to schema \(second.number) (notes)")
    #expect(told.withLock { $0 }.first == "copying the vault before migration \(second.number): 0 %")
    try migrate(Migration.all + [second])
    let copy = try Database(folder.path + "/backups/before-migration-\(second.number).db", .readOnly)
    #expect(try copy.first(Query("PRAGMA user_version")) { $0.integer(0) } == Int64(second.number - 1))
    #expect(
      try copy.first(Query("SELECT value FROM settings WHERE member = 'reuse'")) { $0.text(0) } == "true")
    #expect(Files.size(folder.path + "/backups/before-migration-\(second.number).db.part") == nil)
  }

  @Test func `a step that fails leaves the schema and the content before it`() async throws {
    await (try open()).close()
    let broken = Migration(
      number: Migration.all.count + 1, name: "broken", sql: "CREATE TABLE half (a); CREATE TABLE half (a)")
    #expect(throws: StoreError.self) { try migrate(Migration.all + [broken]) }
    let vault = try await open()
    #expect(try await vault.stats().rows["half"] == nil)
    #expect(try await vault.stats().schema == Migration.all.count)
    await vault.close()
  }

  @Test func `a newer schema is refused in a sentence that names both, and left untouched`() async throws {
    await (try open()).close()
    try raw("PRAGMA user_version = 99; PRAGMA journal_mode = DELETE")
    let error = await refusal()
    guard case .newerSchema(found: 99, known: Migration.all.count)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.description.contains("schema 99") == true)
    #expect(error?.description.contains("knows up to \(Migration.all.count)") == true)
    let database = try Database(folder.path + "/companion.db", .readOnly)
    #expect(try database.first(Query("PRAGMA journal_mode")) { $0.text(0) } == "delete")
  }

  @Test func `another program's database is refused and left untouched`() async throws {
    try raw("CREATE TABLE theirs (a); PRAGMA user_version = 1")
    unsafe chmod(folder.path + "/companion.db", 0o600)
    guard case .corrupt(let what)? = await refusal() else {
      Issue.record("it was taken")
      return
    }
    #expect(what.contains("not a companion database"))
    let database = try Database(folder.path + "/companion.db", .readOnly)
    #expect(try database.first(Query("PRAGMA journal_mode")) { $0.text(0) } == "delete")
  }

  @Test func `a migration that was edited after it was applied is noticed`() async throws {
    await (try open()).close()
    try raw("UPDATE migrations SET checksum = 'other' WHERE number = 1")
    guard case .alteredMigration(1)? = await refusal() else {
      Issue.record("it was taken")
      return
    }
  }

  @Test func `a file that is no database is refused`() async throws {
    let descriptor = unsafe Glibc.open(folder.path + "/companion.db", O_RDWR | O_CREAT, 0o600)
    let letters = [UInt8](repeating: 0x61, count: 8192)
    _ = unsafe write(descriptor, letters, letters.count)
    close(descriptor)
    guard case .corrupt? = await refusal() else {
      Issue.record("it was taken")
      return
    }
  }
}
