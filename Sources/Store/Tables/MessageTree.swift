package import Base
package import Model
import SQLite

/// How messages hang together. Parents have smaller integers than their children, so the newest message below another is
/// always a tip, and every walk ends.
///
/// The joins are CROSS ones, which SQLite takes in the order they stand in: newer versions would rather begin with the chat's messages,
/// and walk all of them at every step.
enum MessageTree {
  /// From a message toward the root; costs the page, not the chat.
  static let up = Query(
    """
    WITH RECURSIVE branch (id, parent, depth) AS (
      SELECT id, parent, 1 FROM messages WHERE id = ?1
      UNION ALL
      SELECT m.id, m.parent, depth + 1 FROM branch CROSS JOIN messages m ON m.id = branch.parent WHERE depth < ?2)
    SELECT \(MessageTable.columns) FROM branch CROSS JOIN messages m ON m.id = branch.id ORDER BY branch.depth
    """)
  /// The same walk with only what a prompt tells: every reply waits for it.
  static let lines = Query(
    """
    WITH RECURSIVE branch (id, parent, depth) AS (
      SELECT id, parent, 1 FROM messages WHERE ulid = ?1 AND trash IS NULL
      UNION ALL
      SELECT m.id, m.parent, depth + 1 FROM branch CROSS JOIN messages m ON m.id = branch.parent WHERE depth < ?2)
    SELECT m.ulid, m.role, m.text, m.hidden, (SELECT ulid FROM turns WHERE id = m.turn)
    FROM branch CROSS JOIN messages m ON m.id = branch.id ORDER BY branch.depth
    """)
  /// What lies on the branch between a message and the leaf, the oldest first; costs that distance.
  static let since = Query(
    """
    WITH RECURSIVE branch (id, parent) AS (
      SELECT id, parent FROM messages WHERE id = ?1
      UNION ALL
      SELECT m.id, m.parent FROM branch CROSS JOIN messages m ON m.id = branch.parent WHERE m.id > ?2)
    SELECT \(MessageTable.columns) FROM branch CROSS JOIN messages m ON m.id = branch.id WHERE branch.id > ?2
    ORDER BY m.id LIMIT ?3
    """)
  static let isAncestor = Query(
    """
    WITH RECURSIVE branch (id, parent) AS (
      SELECT id, parent FROM messages WHERE id = ?1
      UNION ALL
      SELECT m.id, m.parent FROM branch CROSS JOIN messages m ON m.id = branch.parent WHERE m.id >= ?2)
    SELECT 1 FROM branch WHERE id = ?2
    """)
  static let hasChildren = Query(
    "SELECT 1 FROM messages WHERE chat = ?1 AND parent = ?2 AND trash IS NULL LIMIT 1")
  /// Costs the subtree, which for a leaf is nothing.
  static let tip = Query(
    """
    WITH RECURSIVE below (id) AS (
      SELECT ?2
      UNION ALL
      SELECT m.id FROM below CROSS JOIN messages m ON m.chat = ?1 AND m.parent = below.id AND m.trash IS NULL)
    SELECT ulid FROM messages WHERE id = (SELECT max(id) FROM below)
    """)
  static let siblings = Query(
    """
    SELECT \(MessageTable.columns) FROM messages m
    WHERE m.chat = ?1 AND m.parent IS ?2 AND m.trash IS NULL AND m.id > ?3 ORDER BY m.id LIMIT ?4
    """)
  /// Breadth first, so that a limit leaves the lower parts out.
  static let nodes = Query(
    """
    WITH RECURSIVE tree (id, depth) AS (
      SELECT id, 0 FROM messages
        WHERE chat = ?1 AND trash IS NULL AND CASE WHEN ?2 IS NULL THEN parent IS NULL ELSE id = ?2 END
      UNION ALL
      SELECT m.id, depth + 1 FROM tree CROSS JOIN messages m ON m.chat = ?1 AND m.parent = tree.id AND m.trash IS NULL
        WHERE depth < ?3
      ORDER BY 2, 1 LIMIT ?4)
    SELECT m.ulid, (SELECT ulid FROM messages WHERE id = m.parent), m.role, m.created,
      (SELECT count(*) FROM messages s WHERE s.chat = m.chat AND s.parent = m.id AND s.trash IS NULL),
      substr(m.text, 1, 120)
    FROM tree CROSS JOIN messages m ON m.id = tree.id
    """)
  static let leaves = Query(
    """
    SELECT \(MessageTable.columns) FROM messages m WHERE m.chat = ?1 AND m.id < ?2 AND m.trash IS NULL
      AND NOT EXISTS (SELECT 1 FROM messages s WHERE s.chat = ?1 AND s.parent = m.id AND s.trash IS NULL)
    ORDER BY m.id DESC LIMIT ?3
    """)
}

/// A page of a branch, the oldest first.
package struct History: Sendable {
  package let messages: [Message]
  package let leaf: ULID?
  /// The newest message below the leaf, or the leaf itself.
  package let tip: ULID?
  /// Whether the leaf has children.
  package let stale: Bool
  package let more: Bool
}

/// What a prompt tells of a message.
package struct BranchLine: Sendable, Hashable {
  package let id: ULID
  package let role: Message.Role
  package let text: String
  package let hidden: Bool
  package let turn: ULID?
}

package struct TreeNode: Sendable, Hashable {
  package let id: ULID
  package let parent: ULID?
  package let role: Message.Role
  package let at: Timestamp
  package let children: Int
  package let preview: String
}

/// One of the messages with the same parent.
package struct Sibling: Sendable, Hashable {
  package let message: Message
  /// The newest message below it, or itself.
  package let tip: ULID
}

package enum HistoryEdge: Sendable {
  case newest
  /// Older than this message.
  case before(ULID)
  /// What came on the branch since this message.
  case after(ULID)
}

extension Reading {
  /// From the leaf, or the chat's head, toward the root.
  package func history(
    of chat: ULID, leaf: ULID? = nil, _ edge: HistoryEdge = .newest, limit: Int
  ) throws(StoreError) -> History {
    let stored = try storedChat(chat)
    guard let name = leaf ?? stored.chat.head else {
      return History(messages: [], leaf: nil, tip: nil, stale: false, more: false)
    }
    let leaf = try place(name, in: stored)
    let found: [StoredMessage]
    var ascending = false
    switch edge {
    case .newest: found = try messages(MessageTree.up, .integer(leaf.row), .integer(limit + 1))
    case .before(let message):
      let from = try place(message, in: stored)
      found =
        if let parent = from.parent {
          try messages(MessageTree.up, .integer(parent), .integer(limit + 1))
        } else { [] }
    case .after(let message):
      let from = try place(message, in: stored)
      guard
        try first(MessageTree.isAncestor, .integer(leaf.row), .integer(from.row), read: { _ in true }) != nil
      else { throw .notFound(kind: "message", id: message.description) }
      found = try messages(MessageTree.since, .integer(leaf.row), .integer(from.row), .integer(limit + 1))
      ascending = true
    }
    let count = found.fitting(limit)
    let page = found.prefix(count).map(\.message)
    return History(
      messages: ascending ? page : page.reversed(), leaf: name, tip: try tip(below: leaf, in: stored),
      stale: try hasChildren(leaf, in: stored), more: found.count > count)
  }

  /// The last lines of the branch that ends with a message, the oldest first, and whether there are more before them.
  package func lines(
    upTo leaf: ULID, limit: Int
  ) throws(StoreError) -> (lines: [BranchLine], more: Bool) {
    let found = try rows(MessageTree.lines, .ulid(leaf), .integer(limit + 1)) { row in
      BranchLine(
        id: row.ulid(0), role: Message.Role(rawValue: row.text(1)) ?? .system, text: row.text(2),
        hidden: row.bool(3), turn: row.optionalULID(4))
    }
    guard !found.isEmpty else { throw .notFound(kind: "message", id: leaf.description) }
    return (found.prefix(limit).reversed(), found.count > limit)
  }

  /// The newest message in the subtree of another, itself when there is none.
  package func tip(below message: ULID, in chat: ULID) throws(StoreError) -> ULID {
    let stored = try storedChat(chat)
    return try tip(below: place(message, in: stored), in: stored)
  }

  private func tip(below place: MessagePlace, in chat: StoredChat) throws(StoreError) -> ULID {
    let found = try first(MessageTree.tip, .integer(chat.row), .integer(place.row)) { $0.ulid(0) }
    guard let found else { throw .corrupt("a message is below nothing") }
    return found
  }

  package func hasChildren(_ message: ULID, in chat: ULID) throws(StoreError) -> Bool {
    let stored = try storedChat(chat)
    return try hasChildren(place(message, in: stored), in: stored)
  }

  private func hasChildren(_ place: MessagePlace, in chat: StoredChat) throws(StoreError) -> Bool {
    try first(MessageTree.hasChildren, .integer(chat.row), .integer(place.row)) { _ in true } ?? false
  }

  /// Those with the same parent, itself among them, in the order they were made; each with the newest message below it.
  package func siblings(
    of message: ULID, after: Int64? = nil, limit: Int
  ) throws(StoreError) -> Page<Sibling> {
    let chat = try storedChat(storedMessage(message).message.chat)
    let parent = try place(message, in: chat).parent
    let found = try messages(
      MessageTree.siblings, .integer(chat.row), .optional(parent), .integer(after ?? 0), .integer(limit + 1))
    let count = found.fitting(limit)
    let siblings = try found.prefix(count).map { (found) throws(StoreError) in
      let place = MessagePlace(row: found.row, parent: parent)
      return Sibling(message: found.message, tip: try tip(below: place, in: chat))
    }
    return Page(siblings, of: found.count, limit: count) { found[$0].row }
  }

  /// Nodes from a root (or all of the chat's) down, and those whose children did not all fit.
  package func tree(
    of chat: ULID, root: ULID? = nil, depth: Int, limit: Int
  ) throws(StoreError) -> (nodes: [TreeNode], more: [ULID]) {
    let stored = try storedChat(chat)
    let top = try root.map { (root) throws(StoreError) in try place(root, in: stored).row }
    let nodes = try rows(
      MessageTree.nodes, [.integer(stored.row), .optional(top), .integer(depth), .integer(limit)]
    ) { row in
      TreeNode(
        id: row.ulid(0), parent: row.optionalULID(1), role: Message.Role(rawValue: row.text(2)) ?? .system,
        at: Timestamp(milliseconds: row.integer(3)), children: Int(row.integer(4)), preview: row.text(5))
    }
    var shown: [ULID: Int] = [:]
    for case let parent? in nodes.map(\.parent) { shown[parent, default: 0] += 1 }
    return (nodes, nodes.filter { $0.children > shown[$0.id, default: 0] }.map(\.id))
  }

  /// Messages without children, the newest first.
  package func leaves(of chat: ULID, before: Int64? = nil, limit: Int) throws(StoreError) -> Page<Message> {
    let stored = try storedChat(chat)
    let found = try messages(
      MessageTree.leaves, .integer(stored.row), .integer(before ?? .max), .integer(limit + 1))
    return Page(found.map(\.message), limit: found.fitting(limit)) { found[$0].row }
  }
}
