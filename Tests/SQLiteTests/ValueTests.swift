import SQLite
import Testing

@Suite struct ValueTests {
  private static let insert = Query("INSERT INTO t VALUES (?)")
  private static let select = Query("SELECT v, typeof(v) FROM t")

  private func stored(_ value: Value) throws -> (type: String, isNull: Bool, text: String, bytes: [UInt8]) {
    let file = TemporaryDatabase()
    let database = try file.open(setUp: "CREATE TABLE t (v ANY) STRICT")
    try database.run(Self.insert, [value])
    let found = try database.first(Self.select) { row in
      (type: row.text(1), isNull: row.isNull(0), text: row.text(0), bytes: row.bytes(0))
    }
    return try #require(found)
  }

  @Test(arguments: ["", "a", "with \u{0} inside", "日本語 🙂", String(repeating: "x", count: 100_000)])
  func `text comes back as it went in`(_ text: String) throws {
    let found = try stored(.text(text))
    #expect(found.type == "text")
    #expect(found.text == text)
  }

  @Test(arguments: [[], [0], [0xFF, 0, 0xFE], [UInt8](repeating: 7, count: 100_000)])
  func `bytes come back as they went in, and none are not null`(_ bytes: [UInt8]) throws {
    let found = try stored(.bytes(bytes))
    #expect(found.type == "blob")
    #expect(found.bytes == bytes)
  }

  @Test(arguments: [Int64.min, -1, 0, 1, .max])
  func `integers keep all their bits`(_ number: Int64) throws {
    let file = TemporaryDatabase()
    let database = try file.open(setUp: "CREATE TABLE t (v INTEGER)")
    try database.run(Self.insert, [.integer(number)])
    #expect(try database.first(Self.select) { $0.integer(0) } == number)
  }

  @Test func `absent values are null and read as absent`() throws {
    let file = TemporaryDatabase()
    let database = try file.open(setUp: "CREATE TABLE t (v)")
    try database.run(Self.insert, [.optional(String?.none)])
    let found = try #require(
      try database.first(Self.select) { row in
        (
          row.isNull(0), row.optionalText(0), row.optionalInteger(0), row.optionalBytes(0),
          row.optionalReal(0)
        )
      })
    #expect(found.0)
    #expect(found.1 == nil && found.2 == nil && found.3 == nil && found.4 == nil)
  }

  @Test func `text that is no UTF-8 is replaced, not trusted`() throws {
    let file = TemporaryDatabase()
    let database = try file.open(setUp: "CREATE TABLE t (v); INSERT INTO t VALUES (CAST(x'61FF62' AS TEXT))")
    #expect(try database.first(Self.select) { $0.text(0) } == "a\u{FFFD}b")
  }
}
