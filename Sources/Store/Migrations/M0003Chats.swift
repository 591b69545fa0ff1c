extension Migration {
  /// Chats, their trees of messages, and the turns that write them.
  ///
  /// A parent is an integer and always smaller than its children, so the walk from a leaf to the root is a walk of the
  /// primary key. `author` and a message's own `companion` are there for chats of several.
  static let m0003Chats = Migration(
    number: 3, name: "chats",
    sql: """
      CREATE TABLE chats (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        ulid BLOB NOT NULL UNIQUE,
        companion INTEGER NOT NULL REFERENCES companions (id),
        version INTEGER NOT NULL,
        title TEXT NOT NULL,
        mode TEXT NOT NULL,
        settings TEXT NOT NULL,
        -- The tip of the last activity.
        head INTEGER REFERENCES messages (id) ON DELETE SET NULL,
        -- The last row the person has read.
        read INTEGER NOT NULL,
        -- Rows that are not in the trash, kept so that nothing counts them.
        messages INTEGER NOT NULL,
        -- The change of the last activity, by which lists are ordered.
        active INTEGER NOT NULL,
        archived INTEGER NOT NULL,
        created INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        trash INTEGER REFERENCES trash (id),
        revision INTEGER NOT NULL,
        change INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX chats_by_companion ON chats (companion, active) WHERE trash IS NULL;
      CREATE INDEX chats_by_activity ON chats (active) WHERE trash IS NULL;
      CREATE INDEX chats_by_change ON chats (change);
      CREATE INDEX chats_by_trash ON chats (trash) WHERE trash IS NOT NULL;
      CREATE INDEX chats_by_head ON chats (head) WHERE head IS NOT NULL;

      CREATE TABLE turns (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        ulid BLOB NOT NULL UNIQUE,
        chat INTEGER REFERENCES chats (id) ON DELETE CASCADE,
        companion INTEGER REFERENCES companions (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        phase TEXT NOT NULL,
        -- 1 until the last of its phases, so that start-up finds what was left open.
        open INTEGER NOT NULL,
        -- The message it writes, by its outer identifier: the row comes with the first byte of text.
        reply BLOB,
        -- Bytes of the log it began with and has.
        base INTEGER,
        next INTEGER NOT NULL,
        retry_of BLOB,
        model TEXT NOT NULL,
        -- Starts of the present step without an end, counted in a commit before each begins.
        starts INTEGER NOT NULL,
        next_try INTEGER,
        started INTEGER NOT NULL,
        ended INTEGER,
        finish TEXT,
        error TEXT,
        result TEXT,
        timing TEXT,
        usage TEXT,
        -- What it needs to go on after a restart (instruction, model settings, context), as JSON.
        request TEXT,
        change INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX turns_open ON turns (open) WHERE open = 1;
      CREATE INDEX turns_by_chat ON turns (chat, id);
      CREATE INDEX turns_by_companion ON turns (companion) WHERE companion IS NOT NULL;
      CREATE INDEX turns_by_change ON turns (change);

      CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        ulid BLOB NOT NULL UNIQUE,
        chat INTEGER NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
        parent INTEGER REFERENCES messages (id),
        role TEXT NOT NULL,
        author TEXT,
        companion INTEGER REFERENCES companions (id),
        status TEXT NOT NULL,
        -- The text parts joined: what is shown, searched and streamed, byte for byte.
        text TEXT NOT NULL,
        -- All parts as JSON; NULL when the text is the only one.
        parts TEXT,
        finish TEXT,
        -- The turn that wrote the text it has now.
        turn INTEGER REFERENCES turns (id) ON DELETE SET NULL,
        state TEXT,
        model TEXT,
        usage TEXT,
        hidden INTEGER NOT NULL,
        mark TEXT,
        edited INTEGER,
        created INTEGER NOT NULL,
        trash INTEGER REFERENCES trash (id),
        revision INTEGER NOT NULL,
        change INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX messages_by_parent ON messages (chat, parent, trash, id);
      CREATE INDEX messages_below ON messages (parent) WHERE parent IS NOT NULL;
      CREATE INDEX messages_by_chat ON messages (chat, trash, id, role);
      CREATE INDEX messages_by_change ON messages (change);
      CREATE INDEX messages_by_trash ON messages (trash) WHERE trash IS NOT NULL;
      CREATE INDEX messages_by_turn ON messages (turn) WHERE turn IS NOT NULL;
      CREATE INDEX messages_by_companion ON messages (companion) WHERE companion IS NOT NULL;
      CREATE INDEX messages_marked ON messages (chat, id) WHERE mark IS NOT NULL;

      CREATE TABLE message_revisions (
        message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        revision INTEGER NOT NULL,
        text TEXT NOT NULL,
        parts TEXT,
        turn INTEGER REFERENCES turns (id) ON DELETE SET NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (message, revision)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX message_revisions_by_turn ON message_revisions (turn) WHERE turn IS NOT NULL;
      """)
}
