import Glibc
import SQLite
import Testing

/// A database file of its own under /tmp, gone with the value.
final class TemporaryDatabase {
  let path: String

  init() {
    var template = Array("/tmp/companion-sqlite-XXXXXX".utf8CString)
    let made = unsafe mkstemp(&template)
    #expect(made >= 0, "no temporary file could be made")
    close(made)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { for suffix in ["", "-wal", "-shm", "-journal"] { unsafe unlink(path + suffix) } }

  func open(_ mode: Connection.Mode = .create, setUp: String = "") throws(SQLiteError) -> Database {
    let database = try Database(path, mode)
    try database.connection.execute(setUp)
    return database
  }
}
