package import Base
package import Model
import SQLite

/// Turns as rows, so that a crash at any point leaves something that start-up can close or resume.
enum TurnTable {
  static let visible = VisibleTable(
    kind: "turn", table: "turns", name: .ulid,
    condition: "(SELECT c.trash FROM chats c WHERE c.id = turns.chat) IS NULL")

  /// Phases of `t` in which a reply is written, and not what follows it.
  static let isReply = "t.phase IN ('queued', 'preparing', 'responding', 'saving')"

  private static let columns = """
    SELECT t.ulid, (SELECT ulid FROM chats WHERE id = t.chat), (SELECT ulid FROM companions WHERE id = t.companion),
      t.kind, t.phase, t.reply, t.base, t.next, t.retry_of, t.started, t.ended, t.finish, t.error, t.model, t.result,
      t.timing, t.usage, t.starts, t.next_try, t.request, t.id
    FROM turns t
    """
  static let byID = Query("\(columns) WHERE t.ulid = ?")
  static let open = Query("\(columns) WHERE t.open = 1 ORDER BY t.id")
  /// A turn of a chat in the trash is nobody's, as `TurnDesk.get` has it; one without a chat has nothing to lie there with.
  private static let shown = "(SELECT c.trash FROM chats c WHERE c.id = t.chat) IS NULL"
  static let page = Query("\(columns) WHERE t.id < ?1 AND \(shown) ORDER BY t.id DESC LIMIT ?2")
  static let pageOfChat = Query("\(columns) WHERE t.chat = ?3 AND t.id < ?1 ORDER BY t.id DESC LIMIT ?2")
  // The condition stands there as the index has it: with a value in its place the index could not be used.
  static let openPage = Query(
    "\(columns) WHERE t.open = 1 AND t.id < ?1 AND \(shown) ORDER BY t.id DESC LIMIT ?2")
  static let openPageOfChat = Query(
    "\(columns) WHERE t.open = 1 AND +t.chat = ?3 AND t.id < ?1 ORDER BY t.id DESC LIMIT ?2")
  /// Tails write nothing that a deletion would tear.
  static let generating = Query(
    """
    SELECT t.ulid FROM turns t JOIN chats c ON c.id = t.chat
    WHERE t.open = 1 AND \(isReply)
      AND c.companion = (SELECT id FROM companions WHERE ulid = ?) ORDER BY t.id LIMIT 1
    """)
  static let insert = Query(
    """
    INSERT INTO turns (ulid, chat, companion, kind, phase, open, reply, base, next, retry_of, model, starts, started, request,
      change)
    VALUES (?, (SELECT id FROM chats WHERE ulid = ?2), (SELECT id FROM companions WHERE ulid = ?3), ?, ?, 1, ?, ?, ?, ?, ?,
      0, ?, ?, ?)
    """)
  static let update = Query(
    """
    UPDATE turns SET phase = ?2, open = ?3, reply = ?4, base = ?5, next = ?6, model = ?7, ended = ?8, finish = ?9, error = ?10,
      result = ?11, timing = ?12, usage = ?13, change = ?14, starts = CASE WHEN phase = ?2 THEN starts ELSE 0 END,
      next_try = CASE WHEN phase = ?2 THEN next_try END
    WHERE ulid = ?1
    """)
  static let countStart = Query(
    "UPDATE turns SET starts = starts + 1, next_try = NULL WHERE ulid = ? RETURNING starts")
  static let setNextTry = Query("UPDATE turns SET next_try = ?2 WHERE ulid = ?1")
  /// What a turn wrote: the message still has it, or a revision of the message does.
  static let product = Query(
    """
    SELECT text FROM (
      SELECT m.text, 1 AS standing, m.revision FROM turns t JOIN messages m ON m.turn = t.id WHERE t.ulid = ?1
      UNION ALL
      SELECT r.text, 0, r.revision FROM turns t JOIN message_revisions r ON r.turn = t.id WHERE t.ulid = ?1)
    ORDER BY standing DESC, revision DESC LIMIT 1
    """)
}

/// A turn with what only the daemon needs of it.
package struct StoredTurn: Sendable {
  package let turn: Turn
  /// Starts of the present phase that have not come to an end.
  package let starts: Int
  package let nextTry: Timestamp?
  /// What Engine stored to be able to go on.
  package let request: JSONValue?
  let row: Int64
}

extension Reading {
  package func turn(_ id: ULID) throws(StoreError) -> StoredTurn {
    guard let found = try turns(TurnTable.byID, [.ulid(id)]).first else {
      throw .notFound(kind: "turn", id: id.description)
    }
    return found
  }

  /// What start-up has to close or to resume, the oldest first.
  package func openTurns() throws(StoreError) -> [StoredTurn] { try turns(TurnTable.open, []) }

  /// A turn that writes in one of a companion's chats now.
  package func generating(withCompanion companion: ULID) throws(StoreError) -> ULID? {
    try first(TurnTable.generating, .ulid(companion)) { $0.ulid(0) }
  }

  /// The newest first.
  package func turns(
    chat: ULID? = nil, activeOnly: Bool = false, before: Int64? = nil, limit: Int
  ) throws(StoreError) -> Page<Turn> {
    let common: [Value] = [.integer(before ?? .max), .integer(limit + 1)]
    let found: [StoredTurn]
    if let chat {
      found = try turns(
        activeOnly ? TurnTable.openPageOfChat : TurnTable.pageOfChat,
        common + [.integer(try storedChat(chat).row)])
    } else {
      found = try turns(activeOnly ? TurnTable.openPage : TurnTable.page, common)
    }
    return Page(found.map(\.turn), limit: limit) { found[$0].row }
  }

  /// The text a turn produced, also after the message was edited; nil when it wrote none.
  package func product(of turn: ULID) throws(StoreError) -> String? {
    try first(TurnTable.product, .ulid(turn)) { $0.text(0) }
  }

  private func turns(_ query: Query, _ values: [Value]) throws(StoreError) -> [StoredTurn] {
    try rows(query, values) { row in
      let kind = Turn.Kind(rawValue: row.text(3)) ?? .reply
      var turn = Turn(
        id: row.ulid(0), chat: row.optionalULID(1), companion: row.optionalULID(2), kind: kind,
        phase: Turn.Phase(rawValue: row.text(4)) ?? .failed, replyId: row.optionalULID(5),
        base: row.optionalInteger(6), next: row.integer(7), retryOf: row.optionalULID(8),
        startedAt: Timestamp(milliseconds: row.integer(9)), model: row.text(13))
      turn.endedAt = row.optionalInteger(10).map { Timestamp(milliseconds: $0) }
      turn.finish = row.optionalText(11).flatMap(Finish.init)
      return (
        turn: turn, error: row.optionalBytes(12), result: row.optionalBytes(14),
        timing: row.optionalBytes(15),
        usage: row.optionalBytes(16), starts: Int(row.integer(17)), nextTry: row.optionalInteger(18),
        request: row.optionalBytes(19), row: row.integer(20)
      )
    }.map { (found) throws(StoreError) in
      var turn = found.turn
      turn.error = try decoded(found.error)
      turn.result = try decoded(found.result)
      turn.timing = try decoded(found.timing)
      turn.usage = try decoded(found.usage)
      return StoredTurn(
        turn: turn, starts: found.starts, nextTry: found.nextTry.map { Timestamp(milliseconds: $0) },
        request: try decoded(found.request), row: found.row)
    }
  }
}

extension Transaction {
  package func insert(_ turn: Turn, request: JSONValue? = nil) throws(StoreError) {
    try run(
      TurnTable.insert, .ulid(turn.id), .optional(turn.chat), .optional(turn.companion),
      .text(turn.kind.rawValue),
      .text(turn.phase.rawValue), .optional(turn.replyId), .optional(turn.base), .integer(turn.next),
      .optional(turn.retryOf), .text(turn.model), .integer(turn.startedAt.milliseconds), try encoded(request),
      .integer(stamp()))
  }

  /// Stores a turn as it is now. A new phase begins with no starts counted.
  package func update(_ turn: Turn) throws(StoreError) {
    try run(
      TurnTable.update, .ulid(turn.id), .text(turn.phase.rawValue), .bool(!turn.phase.isOver),
      .optional(turn.replyId), .optional(turn.base), .integer(turn.next), .text(turn.model),
      .optional(turn.endedAt?.milliseconds), .optional(turn.finish?.rawValue), try encoded(turn.error),
      try encoded(turn.result), try encoded(turn.timing), try encoded(turn.usage), .integer(stamp()))
    guard changedRows == 1 else { throw .notFound(kind: "turn", id: turn.id.description) }
  }

  /// To be committed before a step begins, so that one that kills the daemon is counted.
  package func countStart(of turn: ULID) throws(StoreError) -> Int {
    guard let starts = try first(TurnTable.countStart, .ulid(turn), read: { Int($0.integer(0)) }) else {
      throw .notFound(kind: "turn", id: turn.description)
    }
    return starts
  }

  package func set(nextTry: Timestamp?, of turn: ULID) throws(StoreError) {
    try run(TurnTable.setNextTry, .ulid(turn), .optional(nextTry?.milliseconds))
  }
}
