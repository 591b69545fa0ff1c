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

    """,
    """
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

    """,
    """
    CREATE TABLE chats (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ulid BLOB NOT NULL UNIQUE,
    companion INTEGER NOT NULL REFERENCES companions (id),
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    mode TEXT NOT NULL,
    settings TEXT NOT NULL,
    head INTEGER REFERENCES messages (id) ON DELETE SET NULL,
    read INTEGER NOT NULL,
    messages INTEGER NOT NULL,
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
    open INTEGER NOT NULL,
    reply BLOB,
    base INTEGER,
    next INTEGER NOT NULL,
    retry_of BLOB,
    model TEXT NOT NULL,
    starts INTEGER NOT NULL,
    next_try INTEGER,
    started INTEGER NOT NULL,
    ended INTEGER,
    finish TEXT,
    error TEXT,
    result TEXT,
    timing TEXT,
    usage TEXT,
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
    text TEXT NOT NULL,
    parts TEXT,
    finish TEXT,
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

    """,
    """
    CREATE TABLE rates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX rates_by_name ON rates (name, at);
    CREATE TABLE usage (
    day INTEGER NOT NULL,
    model TEXT NOT NULL,
    chat BLOB NOT NULL,
    turns INTEGER NOT NULL,
    prompt INTEGER NOT NULL,
    completion INTEGER NOT NULL,
    cached INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    PRIMARY KEY (day, model, chat)
    ) STRICT, WITHOUT ROWID;

    """,
    """
    CREATE VIRTUAL TABLE search USING fts5 (terms, content = '', columnsize = 0, tokenize = 'ascii');
    CREATE TABLE search_queue (
    message INTEGER PRIMARY KEY,
    entry TEXT
    ) STRICT;
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

    """,
    """
    ALTER TABLE chats ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
    UPDATE chats SET unread = (SELECT count(*) FROM messages m
    WHERE m.chat = chats.id AND m.id > chats.read AND m.role = 'assistant' AND m.trash IS NULL);
    CREATE TRIGGER reply_came AFTER INSERT ON messages WHEN new.role = 'assistant' AND new.trash IS NULL BEGIN
    UPDATE chats SET unread = unread + 1 WHERE id = new.chat AND read < new.id;
    END;
    CREATE TRIGGER reply_went_or_returned AFTER UPDATE OF trash ON messages
    WHEN new.role = 'assistant' AND (new.trash IS NULL) != (old.trash IS NULL) BEGIN
    UPDATE chats SET unread = unread + iif(new.trash IS NULL, 1, -1) WHERE id = new.chat AND read < new.id;
    END;
    CREATE TRIGGER chat_read AFTER UPDATE OF read ON chats WHEN new.read != old.read BEGIN
    UPDATE chats SET unread = (SELECT count(*) FROM messages m
    WHERE m.chat = new.id AND m.id > new.read AND m.role = 'assistant' AND m.trash IS NULL)
    WHERE id = new.id;
    END;

    """,
    """
    CREATE INDEX messages_with_scene ON messages (chat) WHERE state IS NOT NULL;

    """,
    """
    ALTER TABLE messages ADD COLUMN state_hand TEXT;
    CREATE TABLE usage_by_purpose (
    day INTEGER NOT NULL,
    model TEXT NOT NULL,
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

    """,
    """
    CREATE TABLE companion_cards (
    companion INTEGER PRIMARY KEY REFERENCES companions (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    file BLOB NOT NULL,
    at INTEGER NOT NULL
    ) STRICT;

    """,
  ]
}
