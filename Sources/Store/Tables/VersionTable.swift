package import Base
package import Model
import SQLite

/// Personas as they were. Version 0 is the draft and the only one that changes.
enum VersionTable {
  private static let columns = """
    SELECT v.version, v.note, v.persona, v.roleplay, v.created
    FROM companions JOIN companion_versions v ON v.companion = companions.id
    WHERE companions.ulid = ? AND companions.trash IS NULL
    """
  static let one = Query("\(columns) AND v.version = ?")
  static let page = Query("\(columns) AND v.version < ? ORDER BY v.version DESC LIMIT ?")
  static let store = Query(
    """
    INSERT INTO companion_versions (companion, version, note, persona, created) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (companion, version) DO UPDATE SET persona = excluded.persona,
      roleplay = CASE WHEN roleplay ->> '$.generatedBy' = 'owner' THEN roleplay END
    """)
  static let setRoleplay = Query(
    "UPDATE companion_versions SET roleplay = ?3 WHERE companion = ?1 AND version = ?2")
}

extension Reading {
  package func version(_ number: Int, of companion: ULID) throws(StoreError) -> CompanionVersion {
    guard let found = try versions(VersionTable.one, .ulid(companion), .integer(number)).first else {
      throw .notFound(kind: "version", id: String(number))
    }
    return found
  }

  /// The newest first, the draft last. `before` is what `next` of the page before was.
  package func versions(
    of companion: ULID, before: Int64? = nil, limit: Int = 200
  ) throws(StoreError) -> Page<CompanionVersion> {
    let found = try versions(
      VersionTable.page, .ulid(companion), .integer(before ?? .max), .integer(limit + 1))
    return Page(found, limit: limit) { Int64(found[$0].version) }
  }

  private func versions(_ query: Query, _ values: Value...) throws(StoreError) -> [CompanionVersion] {
    try rows(query, values) { row in
      (
        version: Int(row.integer(0)), note: row.optionalText(1), persona: row.bytes(2),
        roleplay: row.optionalBytes(3), created: Timestamp(milliseconds: row.integer(4))
      )
    }.map { (row) throws(StoreError) in
      CompanionVersion(
        version: row.version, published: row.version > 0, note: row.note,
        persona: try LargePersonas.persona(row.persona),
        roleplay: try decoded(row.roleplay), createdAt: row.created)
    }
  }
}

extension Transaction {
  /// Freezes the draft as the next version, which new chats are pinned to from now on.
  package func publish(companion id: ULID, note: String? = nil) throws(StoreError) -> CompanionVersion {
    let stored = try storedCompanion(id)
    let number = stored.companion.version + 1
    let draft = try version(0, of: id)
    try store(draft.persona, as: number, of: stored.row, note: note)
    if let roleplay = draft.roleplay { try keep(roleplay, of: number, at: stored.row) }
    try run(
      CompanionTable.setVersion, .integer(stored.row), .integer(number), .integer(now.milliseconds),
      .integer(stamp()))
    return try version(number, of: id)
  }

  /// What was made of a version's persona; forgotten when a draft's persona changes, unless it was written by hand. Clients see it come,
  /// but nobody has edited anything: the revision stays, so that no edit of a person's fails for it.
  package func set(
    _ roleplay: CompanionVersion.Roleplay, of number: Int, of companion: ULID
  ) throws(StoreError) {
    let stored = try storedCompanion(companion)
    try keep(roleplay, of: number, at: stored.row)
    try run(CompanionTable.mark, .integer(stored.row), .integer(stamp()))
  }

  /// The same as an edit of the owner's; nil forgets it, so that it is made again.
  package func edit(
    _ roleplay: CompanionVersion.Roleplay?, of number: Int, of companion: ULID
  ) throws(StoreError) {
    let stored = try storedCompanion(companion)
    try keep(roleplay, of: number, at: stored.row)
    try run(CompanionTable.touch, .integer(stored.row), .integer(now.milliseconds), .integer(stamp()))
  }

  private func keep(
    _ roleplay: CompanionVersion.Roleplay?, of number: Int, at row: Int64
  ) throws(StoreError) {
    try run(VersionTable.setRoleplay, .integer(row), .integer(number), try encoded(roleplay))
    guard changedRows == 1 else { throw .notFound(kind: "version", id: String(number)) }
  }

  func store(_ persona: Persona, as version: Int, of row: Int64, note: String?) throws(StoreError) {
    try run(
      VersionTable.store, .integer(row), .integer(version), .optional(note), .text(try encoded(persona)),
      .integer(now.milliseconds))
  }
}
