import Base
import CSQLite

/// A prepared statement: bind, step, read the row, rewind. Belongs to its connection's thread.
///
/// Text and bytes are copied when bound. A statement may outlive its connection: SQLite keeps the connection as a
/// zombie until its last statement is finalised.
@safe package struct Statement: ~Copyable {
  private let handle: OpaquePointer
  package let sql: String

  /// `connection` must be open. A text that holds no statement, or more than one, is a fault of ours.
  @unsafe init(_ connection: OpaquePointer, _ sql: String) throws(SQLiteError) {
    var handle: OpaquePointer?
    var rest: Int32 = 0
    var text = sql
    let code = text.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { text in
        var tail: UnsafePointer<CChar>?
        // Kept for long, so the memory had better not come from the small look-aside pool.
        let code = unsafe sqlite3_prepare_v3(
          connection, text.baseAddress, Int32(text.count), UInt32(SQLITE_PREPARE_PERSISTENT), &handle, &tail)
        if let start = text.baseAddress, let tail = unsafe tail {
          rest = unsafe Int32(text.count - (tail - start))
        }
        return code
      }
    }
    guard code == SQLITE_OK else { throw unsafe SQLiteError(connection, code: code, sql: sql) }
    guard let prepared = unsafe handle, rest == 0 || sql.utf8.suffix(Int(rest)).allSatisfy({ $0 <= 0x20 })
    else {
      unsafe sqlite3_finalize(handle)
      preconditionFailure("one statement at a time: \(sql)")
    }
    unsafe self.handle = prepared
    self.sql = sql
  }

  deinit { unsafe sqlite3_finalize(handle) }

  /// Parameters count from one, as in SQL.
  package func bind(_ value: Value, at index: Int) throws(SQLiteError) {
    switch value {
    case .null: try check(unsafe sqlite3_bind_null(handle, Int32(index)))
    case .integer(let number): try bind(number, at: index)
    case .real(let number): try check(unsafe sqlite3_bind_double(handle, Int32(index), number))
    case .text(let text): try bind(text, at: index)
    case .bytes(let bytes): try bind(bytes.span, at: index)
    case .ulid(let ulid):
      let bytes: InlineArray<2, UInt64> = [ulid.high.bigEndian, ulid.low.bigEndian]
      let code = unsafe bytes.span.withUnsafeBytes { bytes in
        unsafe csqlite_bind_blob(handle, Int32(index), bytes.baseAddress, UInt64(bytes.count))
      }
      try check(code)
    }
  }

  package func bind(_ number: Int64, at index: Int) throws(SQLiteError) {
    try check(unsafe sqlite3_bind_int64(handle, Int32(index), number))
  }

  package func bind(_ text: String, at index: Int) throws(SQLiteError) {
    var text = text
    let code = text.withUTF8 { bytes in
      // An empty buffer may have no address, which SQLite would take for NULL.
      guard let start = bytes.baseAddress else {
        return unsafe csqlite_bind_text(handle, Int32(index), "", 0)
      }
      return unsafe start.withMemoryRebound(to: CChar.self, capacity: bytes.count) { start in
        unsafe csqlite_bind_text(handle, Int32(index), start, UInt64(bytes.count))
      }
    }
    try check(code)
  }

  package func bind(_ bytes: Span<UInt8>, at index: Int) throws(SQLiteError) {
    let code = unsafe bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else {
        return unsafe sqlite3_bind_zeroblob(handle, Int32(index), 0)
      }
      return unsafe csqlite_bind_blob(handle, Int32(index), start, UInt64(bytes.count))
    }
    try check(code)
  }

  /// True when there is a row to read, false at the end. After an error the statement must be rewound.
  package func step() throws(SQLiteError) -> Bool {
    let code = unsafe sqlite3_step(handle)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw unsafe SQLiteError(sqlite3_db_handle(handle), code: code, sql: sql)
    }
  }

  /// Ready for new values. The answer of sqlite3_reset repeats the last step's failure, which step has thrown.
  package func rewind() {
    unsafe sqlite3_reset(handle)
    unsafe sqlite3_clear_bindings(handle)
  }

  /// The row that the last `step` found; gone with the next `step` or `rewind`.
  package var row: Row { unsafe Row(handle) }

  private func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw unsafe SQLiteError(sqlite3_db_handle(handle), code: code, sql: sql) }
  }
}
