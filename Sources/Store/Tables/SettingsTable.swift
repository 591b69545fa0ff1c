import FoundationEssentials
package import Model
import SQLite

/// An owner's settings, one row a member. A member that was never set has no row; one that was cleared has a NULL, so
/// that the clearing is a change others can see.
enum SettingsTable {
  static let select = Query("SELECT member, value, revision, change FROM settings")
  static let rating = Query("SELECT value FROM settings WHERE member = 'rating'")
  static let upsert = Query(
    """
    INSERT INTO settings (member, value, revision, change) VALUES (?, ?, ?, ?)
    ON CONFLICT (member) DO UPDATE SET value = excluded.value, revision = excluded.revision, change = excluded.change
    """)

  static let visible = VisibleTable(kind: "settings", table: "settings", name: .text("member"))
}

/// Settings after a patch, and the names of the members it really changed.
package struct SettingsApplied: Sendable {
  package let settings: Settings
  package let members: [String]
}

extension Reading {
  /// One member, for those who ask with every turn; the rest of the settings is not read.
  package func contentRating() throws(StoreError) -> ContentRating {
    guard let value = try first(SettingsTable.rating, read: { $0.optionalBytes(0) }) ?? nil else {
      return .general
    }
    return try decoded(value)
  }

  /// `revision` and `change` are those of the member changed last: every patch that changes something moves both.
  package func settings() throws(StoreError) -> Settings {
    let rows = try rows(SettingsTable.select) { row in
      (member: row.text(0), value: row.optionalBytes(1), revision: row.integer(2), change: row.integer(3))
    }
    var settings = Settings()
    for row in rows {
      settings.revision = max(settings.revision, row.revision)
      settings.change = max(settings.change, row.change)
      guard let value = row.value else { continue }
      switch row.member {
      case "user": settings.user = try decoded(value)
      case "defaults": settings.defaults = try decoded(value)
      case "reuse": settings.reuse = try decoded(value)
      case "rating": settings.rating = try decoded(value)
      default: throw .corrupt("there is a setting named \(row.member)")
      }
    }
    return settings
  }
}

extension Transaction {
  /// Changes what the patch names. A patch that changes nothing writes nothing and is no conflict of its own.
  package func apply(
    _ patch: SettingsPatch, ifRevision expected: Int64? = nil
  ) throws(StoreError) -> SettingsApplied {
    let before = try settings()
    if let expected, expected != before.revision { throw .conflict(revision: before.revision) }
    var after = before
    after.user = patch.user.applied(to: before.user)
    after.defaults = patch.defaults.applied(to: before.defaults)
    after.reuse = patch.reuse ?? before.reuse
    after.rating = patch.rating.applied(to: before.rating)
    var members: [String] = []
    if try !areSame(after.user, before.user) { members.append("user") }
    if try !areSame(after.defaults, before.defaults) { members.append("defaults") }
    if after.reuse != before.reuse { members.append("reuse") }
    if after.rating != before.rating { members.append("rating") }
    guard !members.isEmpty else { return SettingsApplied(settings: before, members: []) }
    after.revision += 1
    for member in members {
      let value: String? =
        switch member {
        case "user": try after.user.map { (user) throws(StoreError) in try encoded(user) }
        case "defaults": try after.defaults.map { (defaults) throws(StoreError) in try encoded(defaults) }
        case "rating": try after.rating.map { (rating) throws(StoreError) in try encoded(rating) }
        default: after.reuse ? "true" : "false"
        }
      after.change = stamp()
      try run(
        SettingsTable.upsert, .text(member), .optional(value), .integer(after.revision),
        .integer(after.change))
    }
    return SettingsApplied(settings: after, members: members)
  }
}
