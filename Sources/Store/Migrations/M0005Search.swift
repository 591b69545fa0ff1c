extension Migration {
  /// Finding messages again by what they say.
  ///
  /// `search` holds no text, only which terms are in which message (see `SearchTerms`). A message's own transaction merely
  /// notes that its entry is out of date; the writer makes entries when nobody waits for it. The triggers see every way
  /// in which a row can change, and a reply that is still streaming costs nothing until it is whole.
  static let m0005Search = Migration(
    number: 5, name: "search",
    sql: """
      CREATE VIRTUAL TABLE search USING fts5 (terms, content = '', columnsize = 0, tokenize = 'ascii');

      -- Messages whose entry is missing or out of date. An entry can only be taken back with the text it was made of,
      -- which is kept here once the row has another.
      CREATE TABLE search_queue (
        message INTEGER PRIMARY KEY,
        entry TEXT
      ) STRICT;

      -- 1 while the index has an entry for the row.
      ALTER TABLE messages ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;

      CREATE TRIGGER message_written AFTER INSERT ON messages WHEN new.status != 'streaming' BEGIN
        INSERT OR IGNORE INTO search_queue (message) VALUES (new.id);
      END;
      CREATE TRIGGER message_completed AFTER UPDATE OF status ON messages
      WHEN new.indexed = 0 AND new.status != 'streaming' BEGIN
        INSERT OR IGNORE INTO search_queue (message) VALUES (new.id);
      END;
      CREATE TRIGGER message_reworded AFTER UPDATE OF text ON messages
      WHEN new.text != old.text AND old.indexed = 1 BEGIN
        INSERT INTO search_queue (message, entry) VALUES (old.id, old.text)
        ON CONFLICT (message) DO UPDATE SET entry = coalesce(entry, excluded.entry);
      END;
      CREATE TRIGGER message_hidden AFTER UPDATE OF trash ON messages WHEN new.trash IS NOT old.trash BEGIN
        INSERT OR IGNORE INTO search_queue (message) VALUES (new.id);
      END;
      CREATE TRIGGER chat_hidden AFTER UPDATE OF trash ON chats WHEN new.trash IS NOT old.trash BEGIN
        INSERT OR IGNORE INTO search_queue (message) SELECT id FROM messages WHERE chat = new.id;
      END;

      INSERT INTO search_queue (message) SELECT id FROM messages WHERE status != 'streaming';
      """)
}
