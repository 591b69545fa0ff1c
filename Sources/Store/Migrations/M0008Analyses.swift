extension Migration {
  /// What the tail of a turn needs: which parts of a scene a person has set on a message, so that an analysis that comes later leaves
  /// them alone, and what requests were made for, so that a reply's cost and its analysis' are told apart.
  static let m0008Analyses = Migration(
    number: 8, name: "analyses",
    sql: """
      -- Members of the scene that were set by hand on this message, as a JSON array of names.
      ALTER TABLE messages ADD COLUMN state_hand TEXT;

      CREATE TABLE usage_by_purpose (
        day INTEGER NOT NULL,
        model TEXT NOT NULL,
        -- The chat's outer identifier, kept when the chat goes; empty for work outside of chats.
        chat BLOB NOT NULL,
        purpose TEXT NOT NULL,
        requests INTEGER NOT NULL,
        prompt INTEGER NOT NULL,
        completion INTEGER NOT NULL,
        cached INTEGER NOT NULL,
        estimated INTEGER NOT NULL,
        PRIMARY KEY (day, model, chat, purpose)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO usage_by_purpose
        SELECT day, model, chat, 'reply', turns, prompt, completion, cached, estimated FROM usage;
      DROP TABLE usage;
      ALTER TABLE usage_by_purpose RENAME TO usage;
      """)
}
