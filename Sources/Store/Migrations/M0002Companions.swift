extension Migration {
  /// Companions with their versions, and the trash everything deleted lies in first.
  ///
  /// Identifiers are the 16 bytes of a ULID for clients and an integer inside; integers are never used twice
  /// (AUTOINCREMENT), so that an index or a cursor that is behind can never point at a stranger.
  static let m0002Companions = Migration(
    number: 2, name: "companions",
    sql: """
      CREATE TABLE trash (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        ulid BLOB NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        item BLOB NOT NULL,
        title TEXT NOT NULL,
        at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX trash_by_at ON trash (at);
      CREATE INDEX trash_by_item ON trash (item);

      CREATE TABLE companions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        ulid BLOB NOT NULL UNIQUE,
        handle TEXT NOT NULL,
        name TEXT NOT NULL,
        tagline TEXT,
        portrait BLOB,
        header BLOB,
        tags TEXT NOT NULL,
        version INTEGER NOT NULL,
        archived INTEGER NOT NULL,
        created INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        trash INTEGER REFERENCES trash (id),
        revision INTEGER NOT NULL,
        change INTEGER NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX companions_by_handle ON companions (handle) WHERE trash IS NULL;
      CREATE INDEX companions_by_change ON companions (change);
      CREATE INDEX companions_by_trash ON companions (trash) WHERE trash IS NOT NULL;

      CREATE TABLE companion_versions (
        companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
        version INTEGER NOT NULL,
        note TEXT,
        persona TEXT NOT NULL,
        roleplay TEXT,
        created INTEGER NOT NULL,
        PRIMARY KEY (companion, version)
      ) STRICT, WITHOUT ROWID;
      """)
}
