package import Base
package import Model
import SQLite

/// The scenes that messages carry. A message without one shows its nearest ancestor's.
enum SceneRows {
  /// Upwards from a message to the first that has a scene; not a step where the chat has none.
  static let nearest = Query(
    """
    WITH RECURSIVE branch (id, parent, state) AS (
      SELECT id, parent, state FROM messages
        WHERE id = ?1 AND EXISTS (SELECT 1 FROM messages WHERE chat = ?2 AND state IS NOT NULL)
      UNION ALL
      SELECT m.id, m.parent, m.state FROM branch CROSS JOIN messages m ON m.id = branch.parent WHERE branch.state IS NULL)
    SELECT m.ulid, m.revision, m.state, m.id FROM branch CROSS JOIN messages m ON m.id = branch.id
    WHERE branch.state IS NOT NULL
    """)
  /// All scenes of a branch from a message upwards, the newest first; costs the distance to the last one given. The join is a CROSS one
  /// so that the walk stays outside: it gives the order.
  static let branch = Query(
    """
    WITH RECURSIVE branch (id, parent) AS (
      SELECT id, parent FROM messages
        WHERE id = ?1 AND EXISTS (SELECT 1 FROM messages WHERE chat = ?2 AND state IS NOT NULL)
      UNION ALL
      SELECT m.id, m.parent FROM branch CROSS JOIN messages m ON m.id = branch.parent)
    SELECT m.ulid, m.revision, m.state, m.id FROM branch CROSS JOIN messages m ON m.id = branch.id
    WHERE m.state IS NOT NULL AND m.id < ?3 LIMIT ?4
    """)
}

/// A scene and the message that carries it.
package struct StoredScene: Sendable, Hashable {
  package let message: ULID
  package let revision: Int64
  package let state: SceneState
  /// Where it stands in the vault: what a page goes on before.
  package let position: Int64
}

extension Reading {
  /// The scene as a message of the chat shows it; nil where none was ever written on its branch.
  package func scene(at leaf: ULID, in chat: ULID) throws(StoreError) -> StoredScene? {
    let stored = try storedChat(chat)
    let place = try place(leaf, in: stored)
    let found = try first(
      SceneRows.nearest, .integer(place.row), .integer(stored.row), read: ReadScene.init)
    return try found?.scene()
  }

  /// The scenes of a branch, the newest first.
  package func scenes(
    upTo leaf: ULID, in chat: ULID, before: Int64?, limit: Int
  ) throws(StoreError) -> [StoredScene] {
    let stored = try storedChat(chat)
    let place = try place(leaf, in: stored)
    let found = try rows(
      SceneRows.branch, .integer(place.row), .integer(stored.row), .integer(before ?? Int64.max),
      .integer(limit), read: ReadScene.init)
    var items: [StoredScene] = []
    for row in found { if let scene = try row.scene() { items.append(scene) } }
    return items
  }
}

private struct ReadScene {
  let message: ULID
  let revision: Int64
  let state: [UInt8]?
  let position: Int64

  init(_ row: borrowing Row) {
    (message, revision, state, position) = (row.ulid(0), row.integer(1), row.optionalBytes(2), row.integer(3))
  }

  func scene() throws(StoreError) -> StoredScene? {
    guard let state: SceneState = try decoded(state) else { return nil }
    return StoredScene(message: message, revision: revision, state: state, position: position)
  }
}
