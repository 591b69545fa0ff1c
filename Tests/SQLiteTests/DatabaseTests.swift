import Glibc
import SQLite
import Testing

@Suite struct DatabaseTests {
  private static let insert = Query("INSERT INTO t (n) VALUES (?)")
  private static let all = Query("SELECT n FROM t ORDER BY n")
  private let file = TemporaryDatabase()

  private struct Refusal: Error {}

  private func open() throws -> Database {
    try file.open(setUp: "PRAGMA journal_mode=WAL; CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY)")
  }

  private func numbers(_ database: Database) throws -> [Int64] {
    try database.rows(Self.all) { $0.integer(0) }
  }

  @Test func `an error tells the code, its name and the statement, not the values`() throws {
    let database = try open()
    try database.run(Self.insert, [.integer(41)])
    let error = #expect(throws: SQLiteError.self) { try database.run(Self.insert, [.integer(41)]) }
    #expect(error?.name == "SQLITE_CONSTRAINT_PRIMARYKEY")
    #expect(error?.code == 19)
    #expect(error?.sql == "INSERT INTO t (n) VALUES (?)")
    #expect(error?.description.contains("41") == false)
    // The statement is ready again after its failure.
    try database.run(Self.insert, [.integer(42)])
    #expect(try numbers(database) == [41, 42])
  }

  @Test func `a file that is no database and a folder that is missing have their own names`() throws {
    let missing = #expect(throws: SQLiteError.self) { _ = try Database("/nowhere/at/all", .create) }
    #expect(missing?.name == "SQLITE_CANTOPEN")
    let letters = [UInt8](repeating: 0x61, count: 4096)
    let descriptor = unsafe Glibc.open(file.path, O_WRONLY)
    _ = unsafe write(descriptor, letters, letters.count)
    close(descriptor)
    let foreign = #expect(throws: SQLiteError.self) {
      try file.open(setUp: "SELECT * FROM sqlite_schema")
    }
    #expect(foreign?.name == "SQLITE_NOTADB")
    #expect(foreign?.isCorrupt == true)
  }

  @Test func `a failing body undoes its transaction and is handed back`() throws {
    let database = try open()
    let result = try database.transaction(.writing) {
      try database.run(Self.insert, [.integer(1)])
      throw Refusal()
    }
    #expect(throws: Refusal.self) { try result.get() }
    let ended = database.connection.isAutocommit
    #expect(ended)
    #expect(try numbers(database) == [])
  }

  @Test func `a failing savepoint leaves its neighbours standing`() throws {
    let database = try open()
    try database.transaction(.writing) {
      for number in 1...3 {
        let result = try database.savepoint {
          try database.run(Self.insert, [.integer(number)])
          if number == 2 { throw Refusal() }
        }
        #expect((try? result.get()) != nil || number == 2)
      }
    }.get()
    #expect(try numbers(database) == [1, 3])
  }

  @Test func `a connection to read with refuses to write`() throws {
    _ = try open()
    let reader = try file.open(.readOnly)
    let error = #expect(throws: SQLiteError.self) { try reader.run(Self.insert, [.integer(1)]) }
    #expect(error?.name == "SQLITE_READONLY")
  }

  @Test func `the log is counted in frames and is never moved unasked`() throws {
    let database = try open()
    for number in 0..<1200 { try database.run(Self.insert, [.integer(number)]) }
    var frames = database.connection.walFrames
    #expect(frames > 1200)
    let moved = try database.connection.checkpoint(.passive)
    #expect(moved)
    try database.run(Self.insert, [.integer(5000)])
    frames = database.connection.walFrames
    #expect(frames < 5)
  }

  @Test func `a log that a reader holds on to is not emptied, and that is no error`() throws {
    let database = try open()
    try database.run(Self.insert, [.integer(1)])
    let reader = try file.open(.readOnly)
    try reader.transaction(.reading) {
      #expect(try numbers(reader) == [1])
      try database.run(Self.insert, [.integer(2)])
      let emptied = try database.connection.checkpoint(.truncate)
      #expect(!emptied)
      #expect(try numbers(reader) == [1])
    }.get()
    let emptied = try database.connection.checkpoint(.truncate)
    #expect(emptied)
    #expect(try numbers(reader) == [1, 2])
  }

  @Test
  func
    `closing is refused while a statement stands, and then leaves nothing, though somebody holds the database`()
    throws
  {
    let database = try open()
    try database.run(Self.insert, [.integer(1)])
    #expect(unsafe access(file.path + "-wal", F_OK) == 0)
    do {
      let statement = try database.connection.prepare("SELECT 1")
      _ = try statement.step()
      #expect(throws: SQLiteError.self) { try database.connection.close() }
      let row = statement.row.integer(0)
      #expect(row == 1)
    }
    database.close()
    // The last connection takes the log with it.
    #expect(unsafe access(file.path + "-wal", F_OK) != 0)
    withExtendedLifetime(database) {}
  }

  @Test func `a copy made in steps holds what was written between them`() throws {
    let database = try open()
    try database.transaction(.writing) {
      for number in 0..<20_000 { try database.run(Self.insert, [.integer(number)]) }
    }.get()
    let other = TemporaryDatabase()
    let copy = try Database(other.path, .create)
    do {
      let backup = try Backup(from: database.connection, to: copy.connection)
      var steps = 0
      while try !backup.step(pages: 5) {
        steps += 1
        try database.run(Self.insert, [.integer(100_000 + steps)])
      }
      #expect(steps > 5)
      let remaining = backup.remainingPages
      #expect(remaining == 0)
    }
    #expect(try numbers(copy) == numbers(database))
  }

  @Test func `SQLite tells its version`() {
    #expect(Connection.version.hasPrefix("3."))
  }
}
