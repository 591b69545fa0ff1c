package import Base
package import Model
import SQLite

/// Chats with their head, how far they were read, and the turn that runs in them.
enum ChatTable {
  static let visible = VisibleTable(kind: "chat", table: "chats", name: .ulid, condition: "trash IS NULL")

  private static let columns = """
    SELECT c.ulid, (SELECT ulid FROM companions WHERE id = c.companion), c.version, c.title, c.mode, c.settings,
      c.revision, (SELECT ulid FROM messages WHERE id = c.head), c.messages, c.unread,
      (SELECT t.ulid FROM turns t WHERE t.chat = c.id AND t.open = 1 AND \(TurnTable.isReply) ORDER BY t.id LIMIT 1),
      c.created, c.updated, c.archived, c.change, c.id, c.active, c.head
    FROM chats c
    """
  static let byID = Query("\(columns) WHERE c.ulid = ? AND c.trash IS NULL")
  static let page = Query(
    """
    \(columns) WHERE c.trash IS NULL AND c.active < ?1 AND (?2 IS NULL OR instr(lower(c.title), lower(?2)))
    ORDER BY c.active DESC LIMIT ?3
    """)
  static let pageOfCompanion = Query(
    """
    \(columns) WHERE c.trash IS NULL AND c.companion = ?4 AND c.active < ?1
      AND (?2 IS NULL OR instr(lower(c.title), lower(?2))) ORDER BY c.active DESC LIMIT ?3
    """)
  static let insert = Query(
    """
    INSERT INTO chats (ulid, companion, version, title, mode, settings, read, messages, active, archived, created,
      updated, revision, change) VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?7, 0, ?8, ?8, 1, ?7)
    """)
  static let update = Query(
    """
    UPDATE chats SET title = ?2, mode = ?3, settings = ?4, version = ?5, archived = ?6, updated = ?7,
      revision = revision + 1, change = ?8 WHERE id = ?1
    """)
  static let setHead = Query("UPDATE chats SET head = ?2, change = ?3 WHERE id = ?1")
  static let setRead = Query("UPDATE chats SET read = max(read, ?2), change = ?3 WHERE id = ?1")
  static let newest = Query("SELECT max(id) FROM messages WHERE chat = ? AND trash IS NULL")
  /// The chat's side of a message that came: one row more, and the last activity.
  static let grow = Query(
    "UPDATE chats SET messages = messages + 1, head = ?2, active = ?3, updated = ?4, change = ?3 WHERE id = ?1"
  )
  /// A message that was there already became the last activity.
  static let move = Query("UPDATE chats SET head = ?2, active = ?3, updated = ?4, change = ?3 WHERE id = ?1")
  static let growAside = Query("UPDATE chats SET messages = messages + 1, change = ?2 WHERE id = ?1")
}

package struct NewChat: Sendable {
  package var id: ULID
  package var companion: ULID
  package var version: Int
  package var title: String
  package var mode: Chat.Mode
  package var settings: ChatSettings

  package init(
    id: ULID, companion: ULID, version: Int, title: String = Chat.untitled, mode: Chat.Mode = .roleplay,
    settings: ChatSettings = ChatSettings()
  ) {
    self.id = id
    self.companion = companion
    self.version = version
    self.title = title
    self.mode = mode
    self.settings = settings
  }
}

/// What of a chat is to change; nil leaves a member as it is.
package struct ChatEdit: Sendable {
  package var title: String?
  package var mode: Chat.Mode?
  package var settings: ChatSettings?
  package var version: Int?
  package var archived: Bool?

  package init() {}
}

struct StoredChat: Sendable {
  let row: Int64
  let active: Int64
  let head: Int64?
  let chat: Chat
}

extension Reading {
  package func chat(_ id: ULID) throws(StoreError) -> Chat { try storedChat(id).chat }

  func storedChat(_ id: ULID) throws(StoreError) -> StoredChat {
    guard let found = try chats(ChatTable.byID, .ulid(id)).first else {
      throw .notFound(kind: "chat", id: id.description)
    }
    return found
  }

  /// The most recently active first. `before` is what `next` of the page before was.
  package func chats(
    companion: ULID? = nil, query: String? = nil, before: Int64? = nil, limit: Int
  ) throws(StoreError) -> Page<Chat> {
    let common: [Value] = [.integer(before ?? .max), .optional(query), .integer(limit + 1)]
    let found: [StoredChat]
    if let companion {
      let row = try storedCompanion(companion).row
      found = try chats(ChatTable.pageOfCompanion, common + [.integer(row)])
    } else {
      found = try chats(ChatTable.page, common)
    }
    return Page(found.map(\.chat), limit: limit) { found[$0].active }
  }

  private func chats(_ query: Query, _ values: Value...) throws(StoreError) -> [StoredChat] {
    try chats(query, values)
  }

  private func chats(_ query: Query, _ values: [Value]) throws(StoreError) -> [StoredChat] {
    try rows(query, values) { row in
      (
        settings: row.bytes(5),
        stored: StoredChat(
          row: row.integer(15), active: row.integer(16), head: row.optionalInteger(17),
          chat: Chat(
            id: row.ulid(0), companion: row.ulid(1), version: Int(row.integer(2)), title: row.text(3),
            mode: Chat.Mode(rawValue: row.text(4)) ?? .roleplay, revision: row.integer(6),
            head: row.optionalULID(7), messages: Int(row.integer(8)), unread: Int(row.integer(9)),
            turn: row.optionalULID(10), createdAt: Timestamp(milliseconds: row.integer(11)),
            updatedAt: Timestamp(milliseconds: row.integer(12)), archived: row.bool(13),
            change: row.integer(14)))
      )
    }.map { (found) throws(StoreError) in
      var chat = found.stored.chat
      chat.settings = try access.settings(found.settings)
      return StoredChat(
        row: found.stored.row, active: found.stored.active, head: found.stored.head, chat: chat)
    }
  }
}

extension Transaction {
  package func insert(_ new: NewChat) throws(StoreError) -> Chat {
    let companion = try storedCompanion(new.companion).row
    _ = try version(new.version, of: new.companion)
    try run(
      ChatTable.insert, .ulid(new.id), .integer(companion), .integer(new.version), .text(new.title),
      .text(new.mode.rawValue), .text(try encoded(new.settings)), .integer(stamp()),
      .integer(now.milliseconds))
    return try chat(new.id)
  }

  package func update(
    chat id: ULID, _ edit: ChatEdit, ifRevision expected: Int64? = nil
  ) throws(StoreError) -> Chat {
    let stored = try storedChat(id)
    var chat = stored.chat
    if let expected, expected != chat.revision { throw .conflict(revision: chat.revision) }
    chat.title = edit.title ?? chat.title
    chat.mode = edit.mode ?? chat.mode
    chat.settings = edit.settings ?? chat.settings
    chat.archived = edit.archived ?? chat.archived
    if let number = edit.version, number != chat.version {
      _ = try version(number, of: chat.companion)
      chat.version = number
    }
    if try areSame(chat, stored.chat) { return chat }
    try run(
      ChatTable.update, .integer(stored.row), .text(chat.title), .text(chat.mode.rawValue),
      .text(try encoded(chat.settings)), .integer(chat.version), .bool(chat.archived),
      .integer(now.milliseconds), .integer(stamp()))
    return try self.chat(id)
  }

  /// Where the chat goes on from when no leaf is named. The message must be the chat's.
  package func select(head message: ULID?, in chat: ULID) throws(StoreError) {
    let stored = try storedChat(chat)
    let row = try message.map { (message) throws(StoreError) in try place(message, in: stored).row }
    guard row != stored.head else { return }
    try run(ChatTable.setHead, .integer(stored.row), .optional(row), .integer(stamp()))
  }

  /// Something was finished there: the chat goes on from it, and stands first in lists.
  package func touch(_ chat: ULID, head message: ULID) throws(StoreError) {
    let stored = try storedChat(chat)
    try run(
      ChatTable.move, .integer(stored.row), .integer(try place(message, in: stored).row), .integer(stamp()),
      .integer(now.milliseconds))
  }

  /// Everything up to a message, or all of it, counts as read; what was read stays so.
  package func markRead(_ chat: ULID, upTo message: ULID? = nil) throws(StoreError) -> Chat {
    let stored = try storedChat(chat)
    let row: Int64
    if let message {
      row = try place(message, in: stored).row
    } else {
      row = try first(ChatTable.newest, .integer(stored.row)) { $0.integer(0) } ?? 0
    }
    guard stored.chat.unread > 0 else { return stored.chat }
    try run(ChatTable.setRead, .integer(stored.row), .integer(row), .integer(stamp()))
    return try self.chat(chat)
  }
}
