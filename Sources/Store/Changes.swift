import Base
package import Model
import SQLite

/// A table whose rows clients can see. Each needs an index on `change`.
struct VisibleTable: Sendable {
  let kind: String
  let table: String
  let after: Query
  let at: Query
  let highest: Query

  /// The column that names a row to clients.
  enum Name: Sendable {
    case text(String)
    /// `ulid`, as every table has it whose rows are made by people and turns.
    case ulid
  }

  /// `condition` is SQL of ours; rows that do not meet it (deleted ones) have a tombstone instead.
  init(kind: String, table: String, name: Name, condition: String = "TRUE") {
    let id = if case .text(let column) = name { column } else { "ulid" }
    self.init(kind: kind, table: table, columns: "'\(kind)', \(id), change, 0", condition: condition)
  }

  private init(kind: String, table: String, columns: String, condition: String) {
    self.kind = kind
    self.table = table
    let select = "SELECT \(columns) FROM \(table) WHERE \(condition) AND"
    after = Query("\(select) change > ? ORDER BY change LIMIT ?")
    at = Query("\(select) change = ?")
    highest = Query("SELECT max(change) FROM \(table)")
  }

  private static let tombstones = VisibleTable(
    kind: "tombstone", table: "tombstones", columns: "kind, id, change, 1", condition: "TRUE")

  /// Every table of `sync.changes`; a new visible table is added here.
  static let all: [VisibleTable] = [
    SettingsTable.visible, CompanionTable.visible, ChatTable.visible, MessageTable.visible, TurnTable.visible,
    ImageTable.visible, JobTable.visible, tombstones,
  ]
}

extension Reading {
  /// What changed after `since`, oldest first, at most `limit` items but never part of a change: `next` is a change
  /// number, so a page has to end where a change ends. A single change larger than `limit` comes whole.
  package func changes(since: Int64, limit: Int) throws(StoreError) -> ChangePage {
    let latest = try change()
    // No table can contribute more than limit + 1 rows to the first limit + 1 of all of them.
    var items: [Change] = []
    for table in VisibleTable.all {
      items += try rows(table.after, .integer(since), .integer(limit + 1)) { row in change(in: row) }
    }
    items.sort { ($0.change, $0.kind, $0.id) < ($1.change, $1.kind, $1.id) }
    guard items.count > limit else { return ChangePage(items: items, latest: latest) }
    // Rows left out of the query have at least this change, so everything below it is complete.
    let boundary = items[limit].change
    let whole = items.prefix { $0.change < boundary }
    if let last = whole.last { return ChangePage(items: Array(whole), next: last.change, latest: latest) }
    var single: [Change] = []
    for table in VisibleTable.all {
      single += try rows(table.at, .integer(boundary)) { row in change(in: row) }
    }
    single.sort { ($0.kind, $0.id) < ($1.kind, $1.id) }
    return ChangePage(items: single, next: boundary < latest ? boundary : nil, latest: latest)
  }

  private func change(in row: borrowing Row) -> Change {
    // Tombstones and settings have their names as text, the others theirs as bytes.
    let id = row.isBytes(1) ? row.ulid(1).description : row.text(1)
    return Change(kind: row.text(0), id: id, change: row.integer(2), deleted: row.bool(3) ? true : nil)
  }
}
