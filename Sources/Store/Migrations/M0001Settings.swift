extension Migration {
  /// The vault itself (its change counter, what was deleted, the keys of calls that must not run twice) and the first
  /// thing kept in it.
  static let m0001Settings = Migration(
    number: 1, name: "settings",
    sql: """
      CREATE TABLE vault (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        change INTEGER NOT NULL,
        -- Moved for no other reason than to have something to commit, so that the log is synced.
        flushes INTEGER NOT NULL
      ) STRICT;
      INSERT INTO vault (id, change, flushes) VALUES (1, 0, 0);

      CREATE TABLE tombstones (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        change INTEGER NOT NULL,
        PRIMARY KEY (kind, id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX tombstones_by_change ON tombstones (change);

      CREATE TABLE keys (
        key TEXT NOT NULL,
        method TEXT NOT NULL,
        fingerprint BLOB NOT NULL,
        result BLOB NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (key, method)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX keys_by_at ON keys (at);

      CREATE TABLE settings (
        member TEXT PRIMARY KEY,
        value TEXT,
        revision INTEGER NOT NULL,
        change INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX settings_by_change ON settings (change);
      """)
}
