import Model
import SQLite

#if compiler(<6.3)
  /// Like its database, which see: 6.3 proves that it stays where it is lent.
  extension Access: @unchecked Sendable {}
#endif

/// What lies behind a transaction or a snapshot: the database of the actor that lends it, and whether something happened
/// that the whole connection must answer for, even when the closure that met it carried on.
package final class Access {
  let database: Database
  private(set) var wound: SQLiteError?

  /// Settings of chats that were decoded lately: a chat is read several times while a line is stored, and most chats of an owner have
  /// the same.
  private var decodedSettings: [(text: [UInt8], value: ChatSettings)] = []
  private static let mostDecodedSettings = 8

  init(_ database: Database) { self.database = database }

  /// What a chat's column says.
  func settings(_ text: [UInt8]) throws(StoreError) -> ChatSettings {
    // `{}`, which most chats have for ever.
    guard text.count > 2 else { return ChatSettings() }
    if let known = decodedSettings.first(where: { $0.text == text }) { return known.value }
    let value: ChatSettings = try decoded(text)
    // Only short ones, so that what is kept stays small.
    guard text.count <= 4096 else { return value }
    if decodedSettings.count == Self.mostDecodedSettings { decodedSettings.removeFirst() }
    decodedSettings.append((text, value))
    return value
  }

  /// Every statement of the tables goes through here, so that no failure is overlooked.
  func perform<Answer>(
    _ body: (Database) throws(SQLiteError) -> Answer
  ) throws(StoreError) -> Answer {
    do {
      return try body(database)
    } catch {
      note(error)
      throw StoreError(error)
    }
  }

  func note(_ error: SQLiteError) {
    if wound == nil, error.wounds || error.meansFull { wound = error }
  }

  /// The wound, which its reader deals with from here on.
  func takeWound() -> SQLiteError? {
    defer { wound = nil }
    return wound
  }
}

/// What can be read, inside a write as well as beside it. Tables add their questions as extensions.
package protocol Reading {
  var access: Access { get }
}

extension Reading {
  func rows<Item>(
    _ query: Query, _ values: Value..., read: (borrowing Row) -> Item
  ) throws(StoreError) -> [Item] {
    try access.perform { database throws(SQLiteError) in try database.rows(query, values, read: read) }
  }

  func rows<Item>(
    _ query: Query, _ values: [Value], read: (borrowing Row) -> Item
  ) throws(StoreError) -> [Item] {
    try access.perform { database throws(SQLiteError) in try database.rows(query, values, read: read) }
  }

  func first<Item>(
    _ query: Query, _ values: Value..., read: (borrowing Row) -> Item
  ) throws(StoreError) -> Item? {
    try access.perform { database throws(SQLiteError) in try database.first(query, values, read: read) }
  }
}

/// The vault as it was when the read began. It cannot be kept: it is not Sendable, so it can leave a Sendable closure
/// neither by its result nor by what it captured.
package struct Snapshot: Reading {
  package let access: Access

  // Kept out of line: Swift 6.3.1's optimiser crashes on building this in place inside a closure that it specialises.
  @inline(never) init(access: Access) { self.access = access }
}
