/// What earlier builds left on disk, written out so that it does not change with the code. A schema that is released adds
/// its step here; the steps before it stay as they are.
enum EarlierSchemas {
  static let head = """
    PRAGMA application_id = 1129270608;
    CREATE TABLE migrations (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, at INTEGER NOT NULL
    ) STRICT;

    """

  static let steps = [
    """
    CREATE TABLE vault (id INTEGER PRIMARY KEY CHECK (id = 1), change INTEGER NOT NULL, flushes INTEGER NOT NULL) STRICT;
    INSERT INTO vault VALUES (1, 2, 0);
    CREATE TABLE tombstones (kind TEXT NOT NULL, id TEXT NOT NULL, change INTEGER NOT NULL, PRIMARY KEY (kind, id))
      STRICT, WITHOUT ROWID;
    CREATE INDEX tombstones_by_change ON tombstones (change);
    CREATE TABLE keys (key TEXT NOT NULL, method TEXT NOT NULL, fingerprint BLOB NOT NULL, result BLOB NOT NULL,
      at INTEGER NOT NULL, PRIMARY KEY (key, method)) STRICT, WITHOUT ROWID;
    CREATE INDEX keys_by_at ON keys (at);
    CREATE TABLE settings (member TEXT PRIMARY KEY, value TEXT, revision INTEGER NOT NULL, change INTEGER NOT NULL)
      STRICT, WITHOUT ROWID;
    CREATE INDEX settings_by_change ON settings (change);
    INSERT INTO settings VALUES ('user', '{"name":"Ada"}', 1, 1), ('reuse', 'true', 2, 2);

    """
  ]
}
