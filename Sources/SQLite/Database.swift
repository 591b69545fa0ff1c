import Synchronization

/// A statement's text with a number of its own, by which each database finds its prepared form without hashing.
///
/// Make them as constants: every value made takes a place in every database for ever.
package struct Query: Sendable {
  package let text: String
  fileprivate let number: Int

  package init(_ text: String) {
    self.text = text
    number = queryCount.wrappingAdd(1, ordering: .relaxed).oldValue
  }
}

private let queryCount = Atomic<Int>(0)

#if compiler(<6.3)
  /// 6.3 proves that no database leaves its actor; 6.2 cannot follow the transfers and needs to be told.
  extension Database: @unchecked Sendable {}
#endif

/// A connection with its prepared statements, and transactions as scopes. Not Sendable: an actor owns it.
package final class Database {
  // Declared before the connection so that the statements are finalised first.
  private var prepared: [PreparedStatement?] = []
  package let connection: Connection

  package init(_ connection: consuming Connection) { self.connection = connection }

  package convenience init(
    _ path: String, _ mode: Connection.Mode, busyTimeout: Duration = .zero
  ) throws(SQLiteError) {
    self.init(try Connection(path, mode, busyTimeout: busyTimeout))
  }

  /// Closes the connection, which must be possible: whoever calls has given up everything that reads from it. Nothing but
  /// letting go of the database comes after.
  package func close() {
    prepared = []
    do throws(SQLiteError) {
      try connection.close()
    } catch {
      preconditionFailure("a connection is still in use when it is closed: \(error)")
    }
  }

  /// Runs a statement whose rows, if it has any, do not matter.
  package func run(_ query: Query, _ values: [Value] = []) throws(SQLiteError) {
    try using(query, values) { statement throws(SQLiteError) in while try statement.step() {} }
  }

  /// Every row, as `read` makes it.
  package func rows<Item>(
    _ query: Query, _ values: [Value] = [], read: (borrowing Row) -> Item
  ) throws(SQLiteError) -> [Item] {
    try using(query, values) { statement throws(SQLiteError) in
      var items: [Item] = []
      while try statement.step() { items.append(read(statement.row)) }
      return items
    }
  }

  /// The first row, when there is one.
  package func first<Item>(
    _ query: Query, _ values: [Value] = [], read: (borrowing Row) -> Item
  ) throws(SQLiteError) -> Item? {
    try using(query, values) { statement throws(SQLiteError) in
      try statement.step() ? read(statement.row) : nil
    }
  }

  /// Lends the prepared statement with its values bound, and rewinds it afterwards, whatever happened: a statement left
  /// standing would hold its read transaction open.
  package func using<Answer>(
    _ query: Query, _ values: [Value], _ body: (borrowing Statement) throws(SQLiteError) -> Answer
  ) throws(SQLiteError) -> Answer {
    let entry = try preparedStatement(query)
    precondition(!entry.inUse, "a statement cannot be used inside its own use: \(query.text)")
    entry.inUse = true
    defer {
      entry.statement.rewind()
      entry.inUse = false
    }
    for (index, value) in values.enumerated() { try entry.statement.bind(value, at: index + 1) }
    return try body(entry.statement)
  }

  private func preparedStatement(_ query: Query) throws(SQLiteError) -> PreparedStatement {
    if query.number < prepared.count, let known = prepared[query.number] { return known }
    let made = PreparedStatement(try connection.prepare(query.text))
    while prepared.count <= query.number { prepared.append(nil) }
    prepared[query.number] = made
    return made
  }
}

/// An array cannot hold noncopyable values; this box can stand in one.
private final class PreparedStatement {
  let statement: Statement
  var inUse = false
  init(_ statement: consuming Statement) { self.statement = statement }
}
