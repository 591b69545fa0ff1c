extension Migration {
  /// What is counted: calls against a rate, and tokens against nothing but curiosity.
  static let m0004Accounts = Migration(
    number: 4, name: "accounts",
    sql: """
      CREATE TABLE rates (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX rates_by_name ON rates (name, at);

      CREATE TABLE usage (
        day INTEGER NOT NULL,
        model TEXT NOT NULL,
        -- The chat's outer identifier, kept when the chat goes; empty for work outside of chats.
        chat BLOB NOT NULL,
        turns INTEGER NOT NULL,
        prompt INTEGER NOT NULL,
        completion INTEGER NOT NULL,
        cached INTEGER NOT NULL,
        estimated INTEGER NOT NULL,
        PRIMARY KEY (day, model, chat)
      ) STRICT, WITHOUT ROWID;
      """)
}
