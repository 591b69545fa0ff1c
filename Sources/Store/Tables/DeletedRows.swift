package import Base
import Model
import SQLite

/// Moving rows into the trash and back. Clients learn of it by tombstones, and by new changes of what came back.
enum DeletedRows {
  static let subtree = Query(
    """
    WITH RECURSIVE below (id) AS (
      SELECT ?2
      UNION ALL
      SELECT m.id FROM below CROSS JOIN messages m ON m.chat = ?1 AND m.parent = below.id AND m.trash IS NULL)
    SELECT m.id, m.ulid FROM below CROSS JOIN messages m ON m.id = below.id ORDER BY m.id
    """)
  static let childCount = Query(
    "SELECT count(*) FROM messages WHERE chat = ? AND parent = ? AND trash IS NULL")
  static let hideMessage = Query("UPDATE messages SET trash = ?2 WHERE id = ?1")
  static let children = Query(
    "SELECT id, ulid FROM messages WHERE chat = ? AND parent = ? AND trash IS NULL ORDER BY id")
  static let lift = Query("UPDATE messages SET parent = ?2, change = ?3 WHERE id = ?1")
  static let shrink = Query(
    """
    UPDATE chats SET messages = messages - ?2, change = ?4,
      head = CASE WHEN (SELECT trash FROM messages WHERE id = chats.head) IS NULL THEN head ELSE ?3 END
    WHERE id = ?1
    """)
  static let hidden = Query("SELECT id, ulid FROM messages WHERE trash = ? ORDER BY id")
  static let hiddenChat = Query("SELECT chat FROM messages WHERE trash = ? LIMIT 1")
  /// 1 when the chat, or the parent of a message of the entry that is not of the entry itself, is in the trash.
  static let messagesBlocked = Query(
    """
    SELECT 1 FROM messages m JOIN chats c ON c.id = m.chat LEFT JOIN messages p ON p.id = m.parent
    WHERE m.trash = ?1 AND (c.trash IS NOT NULL OR (p.trash IS NOT NULL AND p.trash != ?1)) LIMIT 1
    """)
  static let showMessage = Query("UPDATE messages SET trash = NULL, change = ?2 WHERE id = ?1")
  static let regrow = Query("UPDATE chats SET messages = messages + ?2, change = ?3 WHERE id = ?1")

  static let hideChat = Query("UPDATE chats SET trash = ?2 WHERE id = ?1")
  static let chatsOfCompanion = Query("SELECT id, ulid FROM chats WHERE companion = ? AND trash IS NULL")
  static let hiddenChats = Query("SELECT id, ulid FROM chats WHERE trash = ? ORDER BY id")
  static let chatsBlocked = Query(
    """
    SELECT 1 FROM chats c JOIN companions o ON o.id = c.companion
    WHERE c.trash = ?1 AND o.trash IS NOT NULL AND o.trash != ?1 LIMIT 1
    """)
  static let showChat = Query("UPDATE chats SET trash = NULL, change = ?2 WHERE id = ?1")
  static let messagesOfChat = Query(
    "SELECT id FROM messages WHERE chat = ? AND trash IS NULL AND id > ? ORDER BY id LIMIT 200")
  static let turnsOfChat = Query("SELECT id FROM turns WHERE chat = ? AND id > ? ORDER BY id LIMIT 200")
  static let restampTurn = Query("UPDATE turns SET change = ?2 WHERE id = ?1")
  static let restampMessage = Query("UPDATE messages SET change = ?2 WHERE id = ?1")

  static let hideCompanion = Query("UPDATE companions SET trash = ?2 WHERE id = ?1")
  static let hiddenCompanion = Query("SELECT id, ulid, handle FROM companions WHERE trash = ?")
  static let showCompanion = Query("UPDATE companions SET trash = NULL, change = ?2 WHERE id = ?1")

  static let purgeMessages = Query(
    """
    WITH RECURSIVE below (id) AS (
      SELECT id FROM messages WHERE trash = ?1
      UNION
      SELECT m.id FROM below CROSS JOIN messages m ON m.parent = below.id)
    DELETE FROM messages WHERE id IN (SELECT id FROM below)
    """)
  static let purgeChats = Query("DELETE FROM chats WHERE trash = ?")
  static let purgeCompanionChats = Query(
    "DELETE FROM chats WHERE companion IN (SELECT id FROM companions WHERE trash = ?)")
  static let purgeCompanion = Query("DELETE FROM companions WHERE trash = ?")
}

package enum ChildrenRule: String, Sendable, CaseIterable {
  case delete
  /// They take the deleted message's place.
  case lift
}

private struct HiddenRow { let row: Int64; let id: ULID }

extension Transaction {
  // MARK: Into the trash

  /// Deletes a message, and with `delete` everything below it. The chat's head moves to the parent when it went.
  package func delete(
    message id: ULID, children rule: ChildrenRule?, entry: ULID
  ) throws(StoreError) {
    _ = try deleteLifting(message: id, children: rule, entry: entry)
  }

  /// The same; answers the children that were lifted.
  package func deleteLifting(
    message id: ULID, children rule: ChildrenRule?, entry: ULID
  ) throws(StoreError) -> [ULID] {
    let message = try message(id)
    let chat = try storedChat(message.chat)
    let place = try place(id, in: chat)
    let children = try first(DeletedRows.childCount, .integer(chat.row), .integer(place.row)) {
      Int($0.integer(0))
    }
    if let children, children > 0, rule == nil { throw .body(HasChildren(count: children)) }
    let lifted =
      rule == .lift
      ? try self.hiddenRows(
        DeletedRows.children, .integer(chat.row), .integer(place.row)) : []
    for child in lifted {
      try run(DeletedRows.lift, .integer(child.row), .optional(place.parent), .integer(stamp()))
    }
    let trash = try makeEntry(entry, kind: "message", item: id, title: message.text)
    let gone = try hiddenRows(DeletedRows.subtree, .integer(chat.row), .integer(place.row))
    for row in gone {
      try run(DeletedRows.hideMessage, .integer(row.row), .integer(trash))
      try bury(kind: "message", id: row.id.description)
      try bury(imagesOfMessage: row.row)
    }
    try run(
      DeletedRows.shrink, .integer(chat.row), .integer(gone.count), .optional(place.parent), .integer(stamp())
    )
    return lifted.map(\.id)
  }

  package func delete(chat id: ULID, entry: ULID) throws(StoreError) {
    let chat = try storedChat(id)
    let trash = try makeEntry(entry, kind: "chat", item: id, title: chat.chat.title)
    try hide(chat: chat.row, id, in: trash)
  }

  /// With its chats.
  package func delete(
    companion id: ULID, entry: ULID, ifRevision expected: Int64? = nil
  ) throws(StoreError) {
    let companion = try storedCompanion(id)
    if let expected, expected != companion.companion.revision {
      throw .conflict(revision: companion.companion.revision)
    }
    let trash = try makeEntry(entry, kind: "companion", item: id, title: companion.companion.name)
    for chat in try hiddenRows(DeletedRows.chatsOfCompanion, .integer(companion.row)) {
      try hide(chat: chat.row, chat.id, in: trash)
    }
    try run(DeletedRows.hideCompanion, .integer(companion.row), .integer(trash))
    try bury(kind: "companion", id: id.description)
  }

  /// A chat's tombstone stands for its messages and pictures too; they keep their rows as they are.
  private func hide(chat row: Int64, _ id: ULID, in trash: Int64) throws(StoreError) {
    try run(DeletedRows.hideChat, .integer(row), .integer(trash))
    try bury(kind: "chat", id: id.description)
  }

  // MARK: Back

  func restoreMessages(_ entry: StoredTrash) throws(StoreError) {
    if try first(DeletedRows.messagesBlocked, .integer(entry.row), read: { _ in true }) != nil {
      throw .body(RestoreBlocked(by: "what it belongs to is in the trash"))
    }
    let chat = try first(DeletedRows.hiddenChat, .integer(entry.row)) { $0.integer(0) }
    let back = try hiddenRows(DeletedRows.hidden, .integer(entry.row))
    for row in back {
      try run(DeletedRows.showMessage, .integer(row.row), .integer(stamp()))
      try unbury(kind: "message", id: row.id.description)
      try unbury(imagesOfMessage: row.row)
    }
    if let chat { try run(DeletedRows.regrow, .integer(chat), .integer(back.count), .integer(stamp())) }
  }

  func restoreChats(_ entry: StoredTrash) throws(StoreError) {
    if try first(DeletedRows.chatsBlocked, .integer(entry.row), read: { _ in true }) != nil {
      throw .body(RestoreBlocked(by: "its companion is in the trash"))
    }
    for chat in try hiddenRows(DeletedRows.hiddenChats, .integer(entry.row)) {
      try run(DeletedRows.showChat, .integer(chat.row), .integer(stamp()))
      try unbury(kind: "chat", id: chat.id.description)
      try restamp(DeletedRows.messagesOfChat, of: chat.row, by: DeletedRows.restampMessage)
      try restamp(DeletedRows.turnsOfChat, of: chat.row, by: DeletedRows.restampTurn)
      try restamp(ImageTable.ofChat, of: chat.row, by: ImageTable.restamp)
    }
  }

  func restoreCompanion(_ entry: StoredTrash) throws(StoreError) {
    let found = try first(DeletedRows.hiddenCompanion, .integer(entry.row)) { row in
      (row: row.integer(0), id: row.ulid(1), handle: row.text(2))
    }
    guard let found else { throw .notFound(kind: "companion", id: entry.item.description) }
    if try first(CompanionTable.handleOwner, .text(found.handle), read: { _ in true }) != nil {
      throw .body(HandleTaken(handle: found.handle))
    }
    try run(DeletedRows.showCompanion, .integer(found.row), .integer(stamp()))
    try unbury(kind: "companion", id: found.id.description)
    try restamp(ImageTable.ofCompanion, of: found.row, by: ImageTable.restamp)
    try restoreChats(entry)
  }

  /// A client that saw the chat's tombstone has dropped what belongs to it, and one that read the changes meanwhile was not told of
  /// it, so all of it is told again.
  private func restamp(_ rows: Query, of parent: Int64, by restamp: Query) throws(StoreError) {
    var last: Int64 = 0
    while true {
      let page = try self.rows(rows, .integer(parent), .integer(last)) { $0.integer(0) }
      for row in page { try run(restamp, .integer(row), .integer(stamp())) }
      guard let end = page.last else { return }
      last = end
    }
  }

  private func hiddenRows(_ query: Query, _ values: Value...) throws(StoreError) -> [HiddenRow] {
    try rows(query, values) { row in HiddenRow(row: row.integer(0), id: row.ulid(1)) }
  }
}
