package import Base
package import Model
import SQLite

/// The full-text index over messages, and the messages whose entries are still to be made.
///
/// An entry's row is its message's, which is never used twice: an entry that is behind can point at nobody else.
enum SearchTable {
  static let waiting = Query("SELECT 1 FROM search_queue LIMIT 1")
  static let oldestWaiting = Query(
    """
    SELECT q.message, q.entry, m.text, m.indexed,
      m.status != 'streaming' AND m.trash IS NULL AND c.trash IS NULL, c.id, c.companion
    FROM search_queue q LEFT JOIN messages m ON m.id = q.message LEFT JOIN chats c ON c.id = m.chat
    ORDER BY q.message LIMIT 1
    """)
  /// Of messages' texts, in one step: about as many entries as fifty usual messages have.
  static let bytesAtATime = 32 << 10
  static let add = Query("INSERT INTO search (rowid, terms) VALUES (?, ?)")
  static let takeBack = Query("INSERT INTO search (search, rowid, terms) VALUES ('delete', ?, ?)")
  static let setIndexed = Query("UPDATE messages SET indexed = ?2 WHERE id = ?1")
  static let served = Query("DELETE FROM search_queue WHERE message = ?")

  static let recent = Query(
    """
    SELECT m.ulid, m.id FROM search s JOIN messages m ON m.id = s.rowid JOIN chats c ON c.id = m.chat
    WHERE search MATCH ?1 AND s.rowid < ?2 AND m.trash IS NULL AND c.trash IS NULL ORDER BY s.rowid DESC LIMIT ?3
    """)
  static let scores = Query(
    """
    SELECT rowid, match_score(search, ?3) FROM search WHERE search MATCH ?1 AND rowid <= ?2
    ORDER BY rowid DESC LIMIT ?4
    """)
  static let byRow = Query(
    """
    SELECT m.ulid FROM messages m JOIN chats c ON c.id = m.chat
    WHERE m.id = ? AND m.trash IS NULL AND c.trash IS NULL
    """)
  static let newestRow = Query("SELECT max(id) FROM messages")

  /// A negative number also joins what FTS5 itself would still leave apart.
  static let merge = Query("INSERT INTO search (search, rank) VALUES ('merge', -300)")
  static let check = Query("INSERT INTO search (search) VALUES ('integrity-check')")
  static let empty = Query("INSERT INTO search (search) VALUES ('delete-all')")
  static let forgetAll = Query("UPDATE messages SET indexed = 0 WHERE indexed = 1")
  static let forgetQueue = Query("DELETE FROM search_queue")
  static let queueAll = Query(
    "INSERT INTO search_queue (message) SELECT id FROM messages WHERE status != 'streaming' AND trash IS NULL"
  )
}

/// Where to look: everywhere, or in one chat, or in the chats of one companion.
package struct SearchScope: Sendable {
  package var chat: ULID?
  package var companion: ULID?

  package init(chat: ULID? = nil, companion: ULID? = nil) {
    self.chat = chat
    self.companion = companion
  }
}

/// A place in the list of the best matches: which messages were there at its beginning, and the match before.
package struct BestPlace: Sendable, Hashable {
  package let newest: Int64
  package let score: Int64
  package let row: Int64

  package init(newest: Int64, score: Int64, row: Int64) {
    self.newest = newest
    self.score = score
    self.row = row
  }
}

package struct BestMatches: Sendable {
  package let items: [Message]
  package let next: BestPlace?
  /// How many matches were compared, and whether there are older ones that were not.
  package let ranked: Int
  package let isWindow: Bool
}

extension Reading {
  package func hasUnindexed() throws(StoreError) -> Bool {
    try first(SearchTable.waiting, read: { _ in true }) ?? false
  }

  /// The newest first. `before` is what `next` of the page before was.
  package func recentMatches(
    _ query: SearchQuery, in scope: SearchScope, before: Int64? = nil, limit: Int
  ) throws(StoreError) -> Page<Message> {
    let (chat, companion) = try rows(of: scope)
    guard !query.isEmpty else { return Page([], limit: limit) { _ in 0 } }
    let found = try rows(
      SearchTable.recent, .text(query.expression(chat: chat, companion: companion)),
      .integer(before ?? .max), .integer(limit + 1)
    ) { (id: $0.ulid(0), row: $0.integer(1)) }
    var items: [Message] = []
    for match in found { items.append(try message(match.id)) }
    return Page(items, limit: limit) { found[$0].row }
  }

  /// The newest `window` matches by how well they match: whole words above parts of words, often above once, short
  /// messages above long ones; the newer of two equals.
  package func bestMatches(
    _ query: SearchQuery, in scope: SearchScope, after place: BestPlace? = nil, limit: Int,
    window: Int = 20_000
  ) throws(StoreError) -> BestMatches {
    let (chat, companion) = try rows(of: scope)
    let latest = try first(SearchTable.newestRow) { $0.integer(0) } ?? 0
    let newest = place?.newest ?? latest
    guard !query.isEmpty else { return BestMatches(items: [], next: nil, ranked: 0, isWindow: false) }
    let scored = try rows(
      SearchTable.scores,
      .text(query.expression(chat: chat, companion: companion) + " AND \"\(SearchTerms.end)\""),
      .integer(newest), .text(query.kinds(chat: chat != nil, companion: companion != nil)),
      .integer(window + 1)
    ) { Match(row: $0.integer(0), score: $0.integer(1)) }
    let ranked = scored.prefix(window)
    var best = BestOf(limit + 1)
    let last = place.map { Match(row: $0.row, score: $0.score) }
    for match in ranked where last.map({ match < $0 }) ?? true { best.offer(match) }
    var items: [Message] = []
    for match in best.items.prefix(limit) {
      // Gone into the trash since its entry was made, or about to be.
      guard let id = try first(SearchTable.byRow, .integer(match.row), read: { $0.ulid(0) }) else { continue }
      items.append(try message(id))
    }
    let end = best.items.count > limit ? best.items.prefix(limit).last : nil
    return BestMatches(
      items: items, next: end.map { BestPlace(newest: newest, score: $0.score, row: $0.row) },
      ranked: ranked.count, isWindow: scored.count > window)
  }

  private func rows(of scope: SearchScope) throws(StoreError) -> (chat: Int64?, companion: Int64?) {
    let chat = try scope.chat.map { (id) throws(StoreError) in try storedChat(id).row }
    let companion = try scope.companion.map { (id) throws(StoreError) in try storedCompanion(id).row }
    return (chat, companion)
  }
}

private struct Match: Comparable, Sendable {
  let row: Int64
  let score: Int64
  static func < (a: Match, b: Match) -> Bool { (a.score, a.row) < (b.score, b.row) }
}

/// The greatest few of many, the greatest first.
private struct BestOf {
  private let limit: Int
  private(set) var items: [Match] = []

  init(_ limit: Int) { self.limit = limit }

  mutating func offer(_ match: Match) {
    if items.count == limit, let least = items.last, match < least { return }
    var (low, high) = (0, items.count)
    while low < high {
      let middle = (low + high) / 2
      if items[middle] < match { high = middle } else { low = middle + 1 }
    }
    items.insert(match, at: low)
    if items.count > limit { items.removeLast() }
  }
}

private struct WaitingEntry {
  let row: Int64
  let entry: String?
  let text: String?
  let isIndexed: Bool
  let isShown: Bool
  let chat: Int64
  let companion: Int64
}

extension Transaction {
  /// Brings the entries of some messages up to date; tells how many. One that is long ends the step: others wait for it.
  package func index(atMost limit: Int) throws(StoreError) -> Int {
    var (made, bytes) = (0, 0)
    while made < limit, bytes < SearchTable.bytesAtATime, let one = try nextWaiting() {
      made += 1
      bytes += one.text?.utf8.count ?? 0
      // A row that is gone left the index before it went.
      if let text = one.text {
        if one.isIndexed {
          let entry = SearchTerms.entry(one.entry ?? text, chat: one.chat, companion: one.companion)
          try run(SearchTable.takeBack, .integer(one.row), .text(entry))
        }
        if one.isShown {
          let entry = SearchTerms.entry(text, chat: one.chat, companion: one.companion)
          try run(SearchTable.add, .integer(one.row), .text(entry))
        }
        if one.isIndexed != one.isShown {
          try run(SearchTable.setIndexed, .integer(one.row), .bool(one.isShown))
        }
      }
      try run(SearchTable.served, .integer(one.row))
    }
    return made
  }

  private func nextWaiting() throws(StoreError) -> WaitingEntry? {
    try first(SearchTable.oldestWaiting) { row in
      WaitingEntry(
        row: row.integer(0), entry: row.optionalText(1), text: row.optionalText(2), isIndexed: row.bool(3),
        isShown: row.bool(4), chat: row.integer(5), companion: row.integer(6))
    }
  }

  /// Joins some of the pieces the index consists of, so that queries look in fewer places; false when there was nothing
  /// to join. FTS5 tells by the number of rows it changed: its own bookkeeping is one.
  func mergeSearch() throws(StoreError) -> Bool {
    let before = access.database.connection.totalChanges
    try run(SearchTable.merge)
    return access.database.connection.totalChanges - before >= 2
  }

  /// Throws when the index contradicts itself.
  func checkSearch() throws(StoreError) { try run(SearchTable.check) }

  /// Empties the index; the writer makes every entry anew.
  func rebuildSearch() throws(StoreError) {
    try run(SearchTable.empty)
    try run(SearchTable.forgetAll)
    try run(SearchTable.forgetQueue)
    try run(SearchTable.queueAll)
  }
}

extension Vault {
  /// Makes entries that are missing, at most so many; true when none is missing any more. For a search that is about
  /// to be made: what the writer would have done a moment later is done now.
  package func indexWaiting(atMost limit: Int) async throws(StoreError) -> Bool {
    var made = 0
    while try await read({ try $0.hasUnindexed() }) {
      guard made < limit else { return false }
      made += try await write(.checkpoint) { try $0.index(atMost: 256) }
    }
    return true
  }
}
