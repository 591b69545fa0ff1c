package import Base
import SQLite

/// What was deleted and can still be had back: one entry an act, whose rows point at it. Everything is hidden first;
/// rows go when their entry is purged.
enum TrashTable {
  static let insert = Query("INSERT INTO trash (ulid, kind, item, title, at) VALUES (?, ?, ?, ?, ?)")
  static let byID = Query("SELECT id, ulid, kind, item, title, at FROM trash WHERE ulid = ?")
  static let page = Query(
    "SELECT id, ulid, kind, item, title, at FROM trash WHERE id < ? ORDER BY id DESC LIMIT ?")
  /// Entries from the future are left alone: a clock that was set back must not destroy anything early.
  static let expired = Query(
    "SELECT id, ulid, kind, item, title, at FROM trash WHERE at <= ? ORDER BY at LIMIT ?")
  static let chat = Query(
    "SELECT c.ulid FROM messages m JOIN chats c ON c.id = m.chat WHERE m.trash = ? LIMIT 1")
  static let remove = Query("DELETE FROM trash WHERE id = ?")
  /// Entries whose rows went with something larger.
  static let removeEmpty = Query(
    """
    DELETE FROM trash WHERE NOT EXISTS (SELECT 1 FROM messages WHERE trash = trash.id)
      AND NOT EXISTS (SELECT 1 FROM chats WHERE trash = trash.id)
      AND NOT EXISTS (SELECT 1 FROM companions WHERE trash = trash.id)
      AND NOT EXISTS (SELECT 1 FROM images WHERE trash = trash.id)
    """)
}

/// An entry as it is stored.
package struct StoredTrash: Sendable, Hashable {
  package let id: ULID
  /// `companion`, `chat`, `message` or `image`.
  package let kind: String
  package let item: ULID
  package let title: String
  package let at: Timestamp
  /// Its place in the order of deletion, as `before` of a page means it.
  package let row: Int64
}

/// A message with children was to be deleted without saying what becomes of them.
package struct HasChildren: Error, Hashable {
  package let count: Int
}

/// What it would be restored into is itself in the trash.
package struct RestoreBlocked: Error, Hashable {
  package let by: String
}

extension Reading {
  package func trashEntry(_ id: ULID) throws(StoreError) -> StoredTrash {
    guard let found = try entries(TrashTable.byID, .ulid(id)).first else {
      throw .notFound(kind: "trash", id: id.description)
    }
    return found
  }

  /// The newest first.
  package func trash(before: Int64? = nil, limit: Int) throws(StoreError) -> Page<StoredTrash> {
    let found = try entries(TrashTable.page, .integer(before ?? .max), .integer(limit + 1))
    return Page(found, limit: limit) { found[$0].row }
  }

  /// What has lain there for its time, the oldest first.
  package func expiredTrash(before: Timestamp, limit: Int) throws(StoreError) -> [StoredTrash] {
    try entries(TrashTable.expired, .integer(before.milliseconds), .integer(limit))
  }

  /// The chat whose messages an entry holds; nil when it holds something larger.
  package func chat(ofMessagesIn entry: StoredTrash) throws(StoreError) -> ULID? {
    guard entry.kind == "message" else { return nil }
    return try first(TrashTable.chat, .integer(entry.row)) { $0.ulid(0) }
  }

  private func entries(_ query: Query, _ values: Value...) throws(StoreError) -> [StoredTrash] {
    try rows(query, values) { row in
      StoredTrash(
        id: row.ulid(1), kind: row.text(2), item: row.ulid(3), title: row.text(4),
        at: Timestamp(milliseconds: row.integer(5)), row: row.integer(0))
    }
  }
}

extension Transaction {
  func makeEntry(_ id: ULID, kind: String, item: ULID, title: String) throws(StoreError) -> Int64 {
    try run(
      TrashTable.insert, .ulid(id), .text(kind), .ulid(item), .text(String(title.prefix(120))),
      .integer(now.milliseconds))
    return insertedRow
  }

  /// Brings back what an entry holds, where it was.
  package func restore(_ id: ULID) throws(StoreError) {
    let entry = try trashEntry(id)
    switch entry.kind {
    case "message": try restoreMessages(entry)
    case "chat": try restoreChats(entry)
    case "image": try restoreImages(entry)
    default: try restoreCompanion(entry)
    }
    try run(TrashTable.remove, .integer(entry.row))
  }

  /// Removes an entry's rows for good, and what hangs below them. Whoever purges much calls `Vault.indexWaiting` before, and
  /// `Vault.dropUnusedPictures` after.
  package func purge(_ id: ULID) throws(StoreError) {
    let entry = try trashEntry(id)
    // What was hidden a moment ago may still be in the index, from where it can be taken only while its text is there.
    while try index(atMost: 512) > 0 {}
    switch entry.kind {
    case "message": try run(DeletedRows.purgeMessages, .integer(entry.row))
    case "chat": try run(DeletedRows.purgeChats, .integer(entry.row))
    case "image": try run(ImageTable.purge, .integer(entry.row))
    default:
      try run(DeletedRows.purgeCompanionChats, .integer(entry.row))
      try run(DeletedRows.purgeCompanion, .integer(entry.row))
    }
    try run(TrashTable.remove, .integer(entry.row))
    try run(TrashTable.removeEmpty)
  }
}
