package import Base
package import Model
import SQLite

/// Companions as lists show them. Personas are in their versions.
enum CompanionTable {
  static let visible = VisibleTable(
    kind: "companion", table: "companions", name: .ulid, condition: "trash IS NULL")

  private static let columns = """
    SELECT ulid, handle, name, revision, version, tagline,
      (SELECT i.ulid FROM images i WHERE i.ulid = companions.portrait AND i.hidden = 0),
      (SELECT i.ulid FROM images i WHERE i.ulid = companions.header AND i.hidden = 0), tags, created, updated, archived,
      (SELECT count(*) FROM chats c WHERE c.companion = companions.id AND c.trash IS NULL),
      (SELECT m.created FROM chats c JOIN messages m ON m.id = c.head
        WHERE c.companion = companions.id AND c.trash IS NULL ORDER BY c.active DESC LIMIT 1),
      change, id
    FROM companions
    """
  static let byID = Query("\(columns) WHERE ulid = ? AND trash IS NULL")
  static let byHandle = Query("\(columns) WHERE handle = ? AND trash IS NULL")
  /// GLOB would read the handle's own characters as a pattern; a range does not.
  static let byPrefix = Query(
    "\(columns) WHERE handle >= ?1 AND handle < ?1 || char(0x10FFFF) AND trash IS NULL ORDER BY handle LIMIT 2"
  )
  static let page = Query(
    """
    \(columns) WHERE trash IS NULL AND id < ?1 AND archived <= ?2
      AND (?3 IS NULL OR instr(lower(name), lower(?3)) OR instr(handle, lower(?3))) ORDER BY id DESC LIMIT ?4
    """)
  static let row = Query("SELECT id, revision FROM companions WHERE ulid = ? AND trash IS NULL")
  static let handleOwner = Query("SELECT id FROM companions WHERE handle = ? AND trash IS NULL")
  static let insert = Query(
    """
    INSERT INTO companions
      (ulid, handle, name, tagline, portrait, header, tags, version, archived, created, updated, revision, change)
    VALUES (?, ?, ?, ?, ?, ?, ?, 1, 0, ?9, ?9, 1, ?8)
    """)
  static let update = Query(
    """
    UPDATE companions SET handle = ?2, name = ?3, tagline = ?4, portrait = ?5, header = ?6, tags = ?7,
      archived = ?8, updated = ?9, revision = revision + 1, change = ?10 WHERE id = ?1
    """)
  static let setVersion = Query(
    "UPDATE companions SET version = ?2, updated = ?3, revision = revision + 1, change = ?4 WHERE id = ?1")
  static let mark = Query("UPDATE companions SET change = ?2 WHERE id = ?1")
  static let touch = Query(
    "UPDATE companions SET updated = ?2, revision = revision + 1, change = ?3 WHERE id = ?1")
}

/// A companion that is about to be made.
package struct NewCompanion: Sendable {
  package var id: ULID
  package var handle: String
  package var tagline: String?
  package var tags: [String]
  package var portrait: ULID?
  package var header: ULID?
  package var persona: Persona

  package init(id: ULID, handle: String, persona: Persona, tagline: String? = nil, tags: [String] = []) {
    self.id = id
    self.handle = handle
    self.persona = persona
    self.tagline = tagline
    self.tags = tags
  }
}

/// What of a companion is to change; nil leaves a member as it is.
package struct CompanionEdit: Sendable {
  package var handle: String?
  package var tagline: Patch<String> = .keep
  package var portrait: Patch<ULID> = .keep
  package var header: Patch<ULID> = .keep
  package var tags: [String]?
  package var archived: Bool?
  /// Becomes the draft; its name becomes the companion's.
  package var persona: Persona?

  package init() {}
}

/// The handle belongs to another companion.
package struct HandleTaken: Error, Hashable {
  package let handle: String
}

struct StoredCompanion: Sendable {
  let row: Int64
  let companion: Companion
}

extension Reading {
  package func companion(_ id: ULID) throws(StoreError) -> Companion {
    try storedCompanion(id).companion
  }

  func storedCompanion(_ id: ULID) throws(StoreError) -> StoredCompanion {
    guard let found = try companions(CompanionTable.byID, .ulid(id)).first else {
      throw .notFound(kind: "companion", id: id.description)
    }
    return found
  }

  /// By identifier, by handle, or by the beginning of exactly one handle.
  package func companion(named name: String) throws(StoreError) -> Companion {
    if let id = ULID(name), let found = try companions(CompanionTable.byID, .ulid(id)).first {
      return found.companion
    }
    if let found = try companions(CompanionTable.byHandle, .text(name)).first { return found.companion }
    let candidates = name.isEmpty ? [] : try companions(CompanionTable.byPrefix, .text(name))
    guard candidates.count == 1 else { throw .notFound(kind: "companion", id: name) }
    return candidates[0].companion
  }

  /// The newest first. `before` is what `next` of the page before was; archived ones only when asked for.
  package func companions(
    query: String? = nil, archived: Bool = false, before: Int64? = nil, limit: Int
  ) throws(StoreError) -> Page<Companion> {
    let found = try companions(
      CompanionTable.page, .integer(before ?? .max), .bool(archived), .optional(query), .integer(limit + 1))
    return Page(found.map(\.companion), limit: limit) { found[$0].row }
  }

  private func companions(_ query: Query, _ values: Value...) throws(StoreError) -> [StoredCompanion] {
    try rows(query, values) { row in
      (
        tags: row.bytes(8),
        stored: StoredCompanion(
          row: row.integer(15),
          companion: Companion(
            id: row.ulid(0), handle: row.text(1), name: row.text(2), revision: row.integer(3),
            version: Int(row.integer(4)), tagline: row.optionalText(5), portrait: row.optionalULID(6),
            header: row.optionalULID(7), createdAt: Timestamp(milliseconds: row.integer(9)),
            updatedAt: Timestamp(milliseconds: row.integer(10)), archived: row.bool(11),
            chats: Int(row.integer(12)),
            lastMessageAt: row.optionalInteger(13).map { Timestamp(milliseconds: $0) },
            change: row.integer(14)))
      )
    }.map { (found) throws(StoreError) in
      var companion = found.stored.companion
      companion.tags = try decoded(found.tags)
      return StoredCompanion(row: found.stored.row, companion: companion)
    }
  }
}

extension Transaction {
  /// Makes it with version 1 published and a draft that equals it.
  package func insert(_ new: NewCompanion) throws(StoreError) -> Companion {
    try refuseTaken(new.handle, by: nil)
    try run(
      CompanionTable.insert, .ulid(new.id), .text(new.handle), .text(new.persona.name),
      .optional(new.tagline),
      .optional(new.portrait), .optional(new.header), .text(try encoded(new.tags)), .integer(stamp()),
      .integer(now.milliseconds))
    let row = insertedRow
    for version in 0...1 { try store(new.persona, as: version, of: row, note: nil) }
    return try companion(new.id)
  }

  package func update(
    companion id: ULID, _ edit: CompanionEdit, ifRevision expected: Int64? = nil
  ) throws(StoreError) -> Companion {
    let stored = try storedCompanion(id)
    var companion = stored.companion
    if let expected, expected != companion.revision { throw .conflict(revision: companion.revision) }
    if let handle = edit.handle, handle != companion.handle {
      try refuseTaken(handle, by: stored.row)
      companion.handle = handle
    }
    companion.tagline = edit.tagline.applied(to: companion.tagline)
    companion.portrait = edit.portrait.applied(to: companion.portrait)
    companion.header = edit.header.applied(to: companion.header)
    companion.tags = edit.tags ?? companion.tags
    companion.archived = edit.archived ?? companion.archived
    companion.name = edit.persona?.name ?? companion.name
    var draftChanges = false
    if let persona = edit.persona { draftChanges = try !areSame(persona, version(0, of: id).persona) }
    if !draftChanges, try areSame(companion, stored.companion) { return companion }
    if let persona = edit.persona { try store(persona, as: 0, of: stored.row, note: nil) }
    try run(
      CompanionTable.update, .integer(stored.row), .text(companion.handle), .text(companion.name),
      .optional(companion.tagline), .optional(companion.portrait), .optional(companion.header),
      .text(try encoded(companion.tags)), .bool(companion.archived), .integer(now.milliseconds),
      .integer(stamp()))
    return try self.companion(id)
  }

  private func refuseTaken(_ handle: String, by row: Int64?) throws(StoreError) {
    let owner = try first(CompanionTable.handleOwner, .text(handle)) { $0.integer(0) }
    if let owner, owner != row { throw .body(HandleTaken(handle: handle)) }
  }
}
