package import Base
package import Model
import SQLite

/// Messages one by one; how they hang together is `MessageTree`.
enum MessageTable {
  static let visible = VisibleTable(
    kind: "message", table: "messages", name: .ulid,
    condition: "trash IS NULL AND (SELECT c.trash FROM chats c WHERE c.id = messages.chat) IS NULL")

  /// What `message(in:)` reads, of a table or a walk joined as `m`.
  static let columns = """
    m.ulid, (SELECT ulid FROM chats WHERE id = m.chat), (SELECT ulid FROM messages WHERE id = m.parent),
    m.role, m.author, (SELECT ulid FROM companions WHERE id = m.companion), m.status, m.text, m.parts, m.finish,
    (SELECT ulid FROM turns WHERE id = m.turn), m.state,
    (SELECT count(*) FROM messages s WHERE s.chat = m.chat AND s.parent IS m.parent AND s.trash IS NULL AND s.id < m.id),
    (SELECT count(*) FROM messages s WHERE s.chat = m.chat AND s.parent IS m.parent AND s.trash IS NULL),
    m.model, m.usage, m.hidden, m.mark, m.edited, m.created, m.revision, m.change, m.id,
    (SELECT group_concat(ulid, '') FROM
      (SELECT hex(i.ulid) AS ulid FROM images i WHERE i.message = m.id AND i.hidden = 0 ORDER BY i.id))
    """
  static let byID = Query("SELECT \(columns) FROM messages m WHERE m.ulid = ? AND m.trash IS NULL")
  static let place = Query(
    "SELECT id, parent FROM messages WHERE ulid = ?1 AND chat = ?2 AND trash IS NULL")
  static let insert = Query(
    """
    INSERT INTO messages (ulid, chat, parent, role, author, companion, status, text, parts, turn, model, hidden, created,
      revision, change)
    VALUES (?, ?, ?, ?, ?, (SELECT id FROM companions WHERE ulid = ?6), ?, ?, ?,
      (SELECT id FROM turns WHERE ulid = ?10), ?, 0, ?, 1, ?)
    """)
  static let stream = Query(
    "UPDATE messages SET text = ?2, parts = ?3, change = ?4 WHERE ulid = ?1 AND trash IS NULL")
  /// A turn goes on with a message that is there: what it says from here on is that turn's.
  static let takeOver = Query(
    """
    UPDATE messages SET turn = (SELECT id FROM turns WHERE ulid = ?2), status = 'streaming', finish = NULL,
      revision = revision + 1, change = ?3 WHERE id = ?1
    """)
  /// A turn is about to go on with a message; nothing it says has changed yet.
  static let expectMore = Query("UPDATE messages SET status = 'streaming', change = ?2 WHERE id = ?1")
  /// The turn that was to go on with it wrote nothing: it is again what its own ending says.
  static let settle = Query(
    """
    UPDATE messages SET change = ?2, status =
      CASE WHEN finish IS NULL OR finish IN ('stop', 'length') THEN 'complete' ELSE 'partial' END
    WHERE ulid = ?1 AND status = 'streaming' AND trash IS NULL AND turn IS NOT (SELECT id FROM turns WHERE ulid = ?3)
    """)
  /// The first text that was put away at or after a revision; what stands is younger.
  static let textSince = Query(
    "SELECT text FROM message_revisions WHERE message = ?1 AND revision >= ?2 ORDER BY revision LIMIT 1")
  static let complete = Query(
    """
    UPDATE messages SET text = ?2, parts = ?3, status = ?4, finish = ?5, model = ?6, usage = ?7,
      turn = (SELECT id FROM turns WHERE ulid = ?8), revision = revision + 1, change = ?9 WHERE id = ?1
    """)
  static let giveUp = Query(
    "UPDATE messages SET status = 'partial', finish = 'error', change = ?2 WHERE ulid = ?1 AND status = 'streaming'"
  )
  static let replace = Query(
    """
    UPDATE messages SET text = ?2, parts = ?3, edited = ?4, turn = NULL, status = 'complete', finish = NULL,
      revision = revision + 1, change = ?5 WHERE id = ?1
    """)
  static let keepRevision = Query(
    """
    INSERT INTO message_revisions (message, revision, text, parts, turn, at)
    SELECT id, revision, text, parts, turn, ?2 FROM messages WHERE id = ?1
    """)
  static let setHidden = Query(
    "UPDATE messages SET hidden = ?2, revision = revision + 1, change = ?3 WHERE id = ?1")
  static let setMark = Query(
    "UPDATE messages SET mark = ?2, revision = revision + 1, change = ?3 WHERE id = ?1")
  static let setState = Query(
    "UPDATE messages SET state = ?2, state_hand = ?3, revision = revision + 1, change = ?4 WHERE id = ?1")
  static let keepState = Query("UPDATE messages SET state = ?2, change = ?3 WHERE id = ?1")
  static let stateHand = Query("SELECT state_hand FROM messages WHERE id = ?1")
}

package struct NewMessage: Sendable {
  package var id: ULID
  package var chat: ULID
  package var parent: ULID?
  package var role: Message.Role
  package var parts: [Part]
  package var status: Message.Status = .complete
  package var author: String?
  package var companion: ULID?
  package var turn: ULID?
  package var model: String?
  /// Whether the chat goes on from here.
  package var becomesHead = true

  package init(id: ULID, chat: ULID, parent: ULID?, role: Message.Role, parts: [Part]) {
    self.id = id
    self.chat = chat
    self.parent = parent
    self.role = role
    self.parts = parts
  }
}

/// Where a message is: its integer and its parent's.
struct MessagePlace: Sendable {
  let row: Int64
  let parent: Int64?
}

extension Reading {
  package func message(_ id: ULID) throws(StoreError) -> Message { try storedMessage(id).message }

  func storedMessage(_ id: ULID) throws(StoreError) -> StoredMessage {
    guard let found = try messages(MessageTable.byID, .ulid(id)).first else {
      throw .notFound(kind: "message", id: id.description)
    }
    return found
  }

  /// The members of a message's scene that a person has set on it.
  package func membersByHand(ofSceneAt id: ULID) throws(StoreError) -> Set<String> {
    try membersByHand(try storedMessage(id).row)
  }

  fileprivate func membersByHand(_ row: Int64) throws(StoreError) -> Set<String> {
    let stored = try first(MessageTable.stateHand, .integer(row)) { $0.optionalBytes(0) }
    let names: [String]? = try decoded(stored ?? nil)
    return Set(names ?? [])
  }

  /// A message's text as it was at a revision, whatever was done to it since.
  package func earlierText(of id: ULID, atRevision revision: Int64) throws(StoreError) -> String {
    let stored = try storedMessage(id)
    let earlier = try first(MessageTable.textSince, .integer(stored.row), .integer(revision)) { $0.text(0) }
    return earlier ?? stored.message.text
  }

  func place(_ message: ULID, in chat: StoredChat) throws(StoreError) -> MessagePlace {
    let found = try first(MessageTable.place, .ulid(message), .integer(chat.row)) { row in
      MessagePlace(row: row.integer(0), parent: row.optionalInteger(1))
    }
    guard let found else { throw .notFound(kind: "message", id: message.description) }
    return found
  }
}

extension Transaction {
  package func insert(_ new: NewMessage) throws(StoreError) -> Message {
    let chat = try storedChat(new.chat)
    let parent = try new.parent.map { (parent) throws(StoreError) in try place(parent, in: chat).row }
    let change = stamp()
    try run(
      MessageTable.insert, .ulid(new.id), .integer(chat.row), .optional(parent), .text(new.role.rawValue),
      .optional(new.author), .optional(new.companion), .text(new.status.rawValue), .text(text(of: new.parts)),
      try columnOfParts(new.parts), .optional(new.turn), .optional(new.model), .integer(now.milliseconds),
      .integer(change))
    let row = insertedRow
    if new.becomesHead {
      try run(
        ChatTable.grow, .integer(chat.row), .integer(row), .integer(stamp()), .integer(now.milliseconds))
    } else {
      try run(ChatTable.growAside, .integer(chat.row), .integer(stamp()))
    }
    return try message(new.id)
  }

  /// What has streamed in so far. No new revision: nobody edited anything.
  package func stream(_ parts: [Part], into id: ULID) throws(StoreError) {
    try run(
      MessageTable.stream, .ulid(id), .text(text(of: parts)), try columnOfParts(parts), .integer(stamp()))
    guard changedRows == 1 else { throw .notFound(kind: "message", id: id.description) }
  }

  /// A message will be gone on with: whoever reads it sees that more is coming, before the first byte of it.
  package func expectMore(in id: ULID) throws(StoreError) -> Message {
    try run(MessageTable.expectMore, .integer(try storedMessage(id).row), .integer(stamp()))
    return try message(id)
  }

  /// Takes that back when the turn is over and has written nothing into it; false when there is nothing to take back.
  package func settle(message id: ULID, after turn: ULID) throws(StoreError) -> Bool {
    try run(MessageTable.settle, .ulid(id), .integer(stamp()), .ulid(turn))
    return changedRows == 1
  }

  /// A turn begins to write into a message that is there. What the message said is kept as a revision.
  package func takeOver(message id: ULID, for turn: ULID) throws(StoreError) {
    let stored = try storedMessage(id)
    guard stored.message.turn != turn else { return }
    try keepRevision(of: stored)
    try run(MessageTable.takeOver, .integer(stored.row), .ulid(turn), .integer(stamp()))
  }

  /// The end of a turn's writing. Text of an earlier turn is kept as a revision.
  package func complete(
    message id: ULID, parts: [Part], status: Message.Status, finish: Finish, turn: ULID, model: String?,
    usage: Usage?
  ) throws(StoreError) -> Message {
    let stored = try storedMessage(id)
    if let earlier = stored.message.turn, earlier != turn { try keepRevision(of: stored) }
    try run(
      MessageTable.complete, .integer(stored.row), .text(text(of: parts)), try columnOfParts(parts),
      .text(status.rawValue), .text(finish.rawValue), .optional(model), try encoded(usage), .ulid(turn),
      .integer(stamp()))
    return try message(id)
  }

  /// The end of a message whose turn was given up: what is stored of it stays, and is not read. None is no fault.
  package func giveUp(message id: ULID) throws(StoreError) {
    try run(MessageTable.giveUp, .ulid(id), .integer(stamp()))
  }

  /// Puts other parts in the place of a message's own, which are kept as a revision.
  package func replace(
    message id: ULID, by parts: [Part], ifRevision expected: Int64? = nil
  ) throws(StoreError) -> Message {
    let stored = try checked(id, expected)
    if try areSame(stored.message.parts, parts) { return stored.message }
    try keepRevision(of: stored)
    try run(
      MessageTable.replace, .integer(stored.row), .text(text(of: parts)), try columnOfParts(parts),
      .integer(now.milliseconds), .integer(stamp()))
    return try message(id)
  }

  package func set(hidden: Bool, of id: ULID) throws(StoreError) -> Message {
    let stored = try storedMessage(id)
    guard (stored.message.hidden ?? false) != hidden else { return stored.message }
    try run(MessageTable.setHidden, .integer(stored.row), .bool(hidden), .integer(stamp()))
    return try message(id)
  }

  package func set(mark: String?, of id: ULID) throws(StoreError) -> Message {
    let stored = try storedMessage(id)
    if try areSame(stored.message.mark, mark) { return stored.message }
    try run(MessageTable.setMark, .integer(stored.row), .optional(mark), .integer(stamp()))
    return try message(id)
  }

  /// A scene as a person wants it. `members` are those that were named; they are the person's from here on, with those named before.
  package func set(
    state: SceneState, byHand members: Set<String> = [], of id: ULID, ifRevision expected: Int64? = nil
  ) throws(StoreError) -> Message {
    let stored = try checked(id, expected)
    let hand = try membersByHand(stored.row).union(members)
    try run(
      MessageTable.setState, .integer(stored.row), .text(try encoded(state)),
      hand.isEmpty ? .null : .text(try encoded(hand.sorted())), .integer(stamp()))
    return try message(id)
  }

  /// A scene as an analysis has read it. No new revision: nobody edited anything, and whoever is about to may go on.
  package func keep(state: SceneState, of id: ULID) throws(StoreError) -> Message {
    let stored = try storedMessage(id)
    try run(MessageTable.keepState, .integer(stored.row), .text(try encoded(state)), .integer(stamp()))
    return try message(id)
  }

  private func checked(_ id: ULID, _ expected: Int64?) throws(StoreError) -> StoredMessage {
    let stored = try storedMessage(id)
    if let expected, expected != stored.message.revision {
      throw .conflict(revision: stored.message.revision)
    }
    return stored
  }

  private func keepRevision(of stored: StoredMessage) throws(StoreError) {
    try run(MessageTable.keepRevision, .integer(stored.row), .integer(now.milliseconds))
  }
}

private func text(of parts: [Part]) -> String {
  if case .text(let text)? = parts.first, parts.count == 1 { return text }
  return parts.compactMap(\.text).joined()
}

/// Nothing when the text column says it all, which is the common case and the cheap one.
func columnOfParts(_ parts: [Part]) throws(StoreError) -> Value {
  if parts.count == 1, case .text = parts[0] { return .null }
  return .text(try encoded(parts))
}
