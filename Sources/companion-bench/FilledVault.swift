import SQLite

/// Puts messages into a vault behind its daemon's back, which is how a million of them take seconds. The daemon must have made the
/// vault with its chats, and have ended.
enum FilledVault {
  /// One message a chat in turn, so that a conversation's rows lie as far apart as they do where many are had at once.
  ///
  /// They have no entries in the search index and do not wait for any: making them would keep the writer busy for a minute, and
  /// nothing that is measured on such a vault looks there.
  static func fill(_ path: String, messages: Int) throws {
    let connection = try Connection(path, .readWrite)
    try connection.execute(
      """
      PRAGMA synchronous=OFF;
      PRAGMA foreign_keys=OFF;
      BEGIN;
      WITH RECURSIVE
        place(first, chats) AS (
          SELECT (SELECT coalesce(max(id), 0) FROM messages), (SELECT count(*) FROM chats)),
        counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < \(messages))
      INSERT INTO messages (id, ulid, chat, parent, role, status, text, hidden, created, revision, change)
        SELECT first + n, randomblob(16), (n - 1) % chats + 1, iif(n > chats, first + n - chats, NULL),
          iif((n - 1) / chats % 2 = 0, 'user', 'assistant'), 'complete',
          'Line ' || n || ' of a conversation that goes on for a long time and has a lot to say, as such'
            || ' conversations do, about the weather, the sea, and everything between the two.',
          0, 1700000000000 + n, 1, 1
        FROM counter, place;
      DELETE FROM search_queue;
      UPDATE chats SET head = (SELECT max(id) FROM messages WHERE chat = chats.id),
        messages = (SELECT count(*) FROM messages WHERE chat = chats.id);
      COMMIT;
      PRAGMA wal_checkpoint(TRUNCATE);
      """)
  }
}
