package import Base
import CSQLite

/// The row a statement stands on. Columns count from zero; a column of another type is converted as SQLite does.
///
/// Noncopyable and only lent to closures, because the memory under it goes with the statement's next step.
@safe package struct Row: ~Copyable {
  private let handle: OpaquePointer

  @unsafe init(_ handle: OpaquePointer) { unsafe self.handle = handle }

  package func isNull(_ column: Int) -> Bool {
    unsafe sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
  }

  package func isBytes(_ column: Int) -> Bool {
    unsafe sqlite3_column_type(handle, Int32(column)) == SQLITE_BLOB
  }

  package func integer(_ column: Int) -> Int64 { unsafe sqlite3_column_int64(handle, Int32(column)) }
  package func real(_ column: Int) -> Double { unsafe sqlite3_column_double(handle, Int32(column)) }
  package func bool(_ column: Int) -> Bool { integer(column) != 0 }

  /// Bytes that are no UTF-8 are replaced rather than trusted.
  package func text(_ column: Int) -> String {
    guard let start = unsafe sqlite3_column_text(handle, Int32(column)) else { return "" }
    let count = Int(unsafe sqlite3_column_bytes(handle, Int32(column)))
    return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  package func bytes(_ column: Int) -> [UInt8] {
    guard let start = unsafe sqlite3_column_blob(handle, Int32(column)) else { return [] }
    let count = Int(unsafe sqlite3_column_bytes(handle, Int32(column)))
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// An identifier bound as `Value.ulid`. A column of any other length is a fault of ours or a damaged file.
  package func optionalULID(_ column: Int) -> ULID? {
    guard let start = unsafe sqlite3_column_blob(handle, Int32(column)),
      unsafe sqlite3_column_bytes(handle, Int32(column)) == 16
    else { return nil }
    return unsafe ULID(
      high: UInt64(bigEndian: start.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }

  package func ulid(_ column: Int) -> ULID { optionalULID(column) ?? ULID(high: 0, low: 0) }

  package func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }
  package func optionalReal(_ column: Int) -> Double? { isNull(column) ? nil : real(column) }
  package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
  package func optionalBytes(_ column: Int) -> [UInt8]? { isNull(column) ? nil : bytes(column) }
}
