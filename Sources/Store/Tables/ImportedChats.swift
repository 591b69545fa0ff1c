package import Base
package import Model
import SQLite

/// A chat that comes in whole, in pieces of a few hundred messages, each a short transaction: nobody else's write waits for all of it.
///
/// Until it is complete it lies in the trash, so nobody sees half of it, and what a crash leaves is emptied with the rest.
enum ImportedChats {
  static let chat = Query(
    "SELECT id, companion FROM chats WHERE ulid = ?1 AND trash = (SELECT id FROM trash WHERE ulid = ?2)")
  static let insert = Query(
    """
    INSERT INTO messages (ulid, chat, parent, role, author, companion, status, text, parts, state, model, hidden, mark,
      created, revision, change)
    VALUES (?, ?, (SELECT id FROM messages WHERE ulid = ?3), ?, ?, ?, 'complete', ?, ?, ?, ?, ?, ?, ?, 1, ?)
    """)
  static let grow = Query("UPDATE chats SET messages = messages + ?2 WHERE id = ?1")
  static let all = Query(
    """
    SELECT \(MessageTable.columns) FROM messages m JOIN chats c ON c.id = m.chat
    WHERE c.ulid = ?1 AND m.trash IS NULL AND m.id > ?2 ORDER BY m.id LIMIT ?3
    """)
}

package struct ImportedMessage: Sendable {
  package var id: ULID
  /// Nil for one that opens the chat; otherwise one that came before.
  package var parent: ULID?
  package var role: Message.Role
  package var parts: [Part]
  package var author: String?
  package var model: String?
  package var state: SceneState?
  package var mark: String?
  package var isHidden = false
  package var createdAt: Timestamp

  package init(id: ULID, parent: ULID?, role: Message.Role, parts: [Part], createdAt: Timestamp) {
    self.id = id
    self.parent = parent
    self.role = role
    self.parts = parts
    self.createdAt = createdAt
  }
}

extension Transaction {
  /// Makes the chat, out of sight; `entry` is its place in the trash.
  package func beginImport(_ new: NewChat, entry: ULID) throws(StoreError) {
    _ = try insert(new)
    try delete(chat: new.id, entry: entry)
  }

  /// Adds what came next. Fails when somebody took the chat out of the trash, or emptied it, meanwhile.
  package func add(
    _ messages: [ImportedMessage], toImport chat: ULID, entry: ULID
  ) throws(StoreError) {
    let found = try first(ImportedChats.chat, .ulid(chat), .ulid(entry)) { ($0.integer(0), $0.integer(1)) }
    guard let (row, companion) = found else { throw .notFound(kind: "chat", id: chat.description) }
    for message in messages {
      let isCompanions = message.role == .assistant && message.author == nil
      try run(
        ImportedChats.insert, .ulid(message.id), .integer(row), .optional(message.parent),
        .text(message.role.rawValue), .optional(message.author), isCompanions ? .integer(companion) : .null,
        .text(message.parts.compactMap(\.text).joined()), try columnOfParts(message.parts),
        try encoded(message.state), .optional(message.model), .bool(message.isHidden),
        .optional(message.mark),
        .integer(message.createdAt.milliseconds), .integer(stamp()))
    }
    try run(ImportedChats.grow, .integer(row), .integer(messages.count))
  }

  /// Shows the chat, which goes on from `head`. All of it counts as read.
  package func finishImport(_ chat: ULID, entry: ULID, head: ULID) throws(StoreError) -> Chat {
    try restore(entry)
    try touch(chat, head: head)
    return try markRead(chat)
  }
}

extension Reading {
  /// A chat's messages in the order they were made, parents first. `after` is what `next` of the page before was.
  package func messages(of chat: ULID, after: Int64? = nil, limit: Int) throws(StoreError) -> Page<Message> {
    _ = try storedChat(chat)
    let found = try messages(
      ImportedChats.all, .ulid(chat), .integer(after ?? 0), .integer(limit + 1))
    let count = found.fitting(limit)
    return Page(found.map(\.message), of: found.count, limit: count) { found[$0].row }
  }
}
