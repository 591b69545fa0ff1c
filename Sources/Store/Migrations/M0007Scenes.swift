extension Migration {
  /// Which chats have any scene at all: without it, a branch of ten thousand messages would be walked to its root to learn that there
  /// is none.
  static let m0007Scenes = Migration(
    number: 7, name: "scenes",
    sql: "CREATE INDEX messages_with_scene ON messages (chat) WHERE state IS NOT NULL")
}
