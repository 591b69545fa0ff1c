extension Migration {
  /// Pictures, the files they are kept in, and the jobs that make them.
  ///
  /// A file belongs to its content, so several pictures may share one: `uses` counts them, and a file with none is removed by the
  /// writer after the commit that left it so. What a picture belongs to takes it along into the trash and back; triggers see to it,
  /// since there are many ways in and out.
  static let m0010Pictures = Migration(
    number: 10, name: "pictures",
    sql: """
      CREATE TABLE picture_files (
        -- SHA-256 of the content; the file is called so.
        hash BLOB PRIMARY KEY,
        bytes INTEGER NOT NULL,
        uses INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX picture_files_unused ON picture_files (uses) WHERE uses = 0;
      ALTER TABLE vault ADD COLUMN picture_bytes INTEGER NOT NULL DEFAULT 0;

      CREATE TABLE images (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        ulid BLOB NOT NULL UNIQUE,
        companion INTEGER REFERENCES companions (id) ON DELETE CASCADE,
        chat INTEGER REFERENCES chats (id) ON DELETE CASCADE,
        message INTEGER REFERENCES messages (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        file BLOB NOT NULL,
        thumb BLOB NOT NULL,
        mime TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        original INTEGER NOT NULL,
        prompt TEXT,
        negative TEXT,
        params TEXT,
        provider TEXT,
        placeholder INTEGER NOT NULL,
        seed TEXT,
        created INTEGER NOT NULL,
        trash INTEGER REFERENCES trash (id),
        -- It, or what it belongs to, is in the trash.
        hidden INTEGER NOT NULL DEFAULT 0,
        change INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX images_shown ON images (id) WHERE hidden = 0;
      CREATE INDEX images_by_companion ON images (companion, id) WHERE hidden = 0;
      CREATE INDEX images_by_companion_and_kind ON images (companion, kind, id) WHERE hidden = 0;
      CREATE INDEX images_by_chat ON images (chat, id) WHERE chat IS NOT NULL;
      CREATE INDEX images_by_kind ON images (kind, id) WHERE hidden = 0;
      CREATE INDEX images_by_message ON images (message, id) WHERE message IS NOT NULL;
      CREATE INDEX images_of_companion ON images (companion) WHERE companion IS NOT NULL;
      CREATE INDEX images_by_trash ON images (trash) WHERE trash IS NOT NULL;
      CREATE INDEX images_by_change ON images (change);

      -- What a model saw in a content, whichever picture it was asked for.
      CREATE TABLE picture_descriptions (
        hash BLOB PRIMARY KEY,
        text TEXT NOT NULL,
        model TEXT NOT NULL,
        at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TRIGGER picture_came AFTER INSERT ON images BEGIN
        UPDATE picture_files SET uses = uses + 1 WHERE hash IN (new.file, new.thumb);
      END;
      CREATE TRIGGER picture_went AFTER DELETE ON images BEGIN
        UPDATE picture_files SET uses = uses - 1 WHERE hash IN (old.file, old.thumb);
      END;
      CREATE TRIGGER file_came AFTER INSERT ON picture_files BEGIN
        UPDATE vault SET picture_bytes = picture_bytes + new.bytes;
      END;
      CREATE TRIGGER file_went AFTER DELETE ON picture_files BEGIN
        UPDATE vault SET picture_bytes = picture_bytes - old.bytes;
        DELETE FROM picture_descriptions WHERE hash = old.hash;
      END;

      CREATE TRIGGER picture_hidden AFTER UPDATE OF trash ON images
      WHEN (new.trash IS NULL) != (old.trash IS NULL) BEGIN
        UPDATE images SET hidden = (trash IS NOT NULL
          OR (SELECT m.trash FROM messages m WHERE m.id = images.message) IS NOT NULL
          OR (SELECT c.trash FROM chats c WHERE c.id = images.chat) IS NOT NULL
          OR (SELECT o.trash FROM companions o WHERE o.id = images.companion) IS NOT NULL) WHERE id = new.id;
      END;
      CREATE TRIGGER pictures_of_message_hidden AFTER UPDATE OF trash ON messages
      WHEN (new.trash IS NULL) != (old.trash IS NULL) BEGIN
        UPDATE images SET hidden = (trash IS NOT NULL
          OR (SELECT m.trash FROM messages m WHERE m.id = images.message) IS NOT NULL
          OR (SELECT c.trash FROM chats c WHERE c.id = images.chat) IS NOT NULL
          OR (SELECT o.trash FROM companions o WHERE o.id = images.companion) IS NOT NULL) WHERE message = new.id;
      END;
      CREATE TRIGGER pictures_of_chat_hidden AFTER UPDATE OF trash ON chats
      WHEN (new.trash IS NULL) != (old.trash IS NULL) BEGIN
        UPDATE images SET hidden = (trash IS NOT NULL
          OR (SELECT m.trash FROM messages m WHERE m.id = images.message) IS NOT NULL
          OR (SELECT c.trash FROM chats c WHERE c.id = images.chat) IS NOT NULL
          OR (SELECT o.trash FROM companions o WHERE o.id = images.companion) IS NOT NULL) WHERE chat = new.id;
      END;
      CREATE TRIGGER pictures_of_companion_hidden AFTER UPDATE OF trash ON companions
      WHEN (new.trash IS NULL) != (old.trash IS NULL) BEGIN
        UPDATE images SET hidden = (trash IS NOT NULL
          OR (SELECT m.trash FROM messages m WHERE m.id = images.message) IS NOT NULL
          OR (SELECT c.trash FROM chats c WHERE c.id = images.chat) IS NOT NULL
          OR (SELECT o.trash FROM companions o WHERE o.id = images.companion) IS NOT NULL)
        WHERE companion = new.id;
      END;

      CREATE TABLE jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        ulid BLOB NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        -- 1 until it has come to its end, so that start-up finds what was left.
        open INTEGER NOT NULL,
        priority INTEGER NOT NULL,
        -- Its place in the order in which chats take turns.
        round INTEGER NOT NULL,
        companion INTEGER REFERENCES companions (id) ON DELETE SET NULL,
        chat INTEGER REFERENCES chats (id) ON DELETE SET NULL,
        message INTEGER REFERENCES messages (id) ON DELETE SET NULL,
        -- The turn whose tail it is, when nobody asked for it by itself.
        turn BLOB,
        provider TEXT NOT NULL,
        -- What is asked for, as JSON.
        plan TEXT NOT NULL,
        -- How the provider knows it.
        remote TEXT,
        attempts INTEGER NOT NULL,
        -- Starts without an end, counted in a commit before each begins.
        starts INTEGER NOT NULL,
        next_try INTEGER,
        image BLOB,
        error TEXT,
        created INTEGER NOT NULL,
        started INTEGER,
        ended INTEGER,
        change INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX jobs_open ON jobs (open, id) WHERE open = 1;
      CREATE INDEX jobs_over ON jobs (ended) WHERE open = 0;
      CREATE INDEX jobs_by_companion ON jobs (companion) WHERE companion IS NOT NULL;
      CREATE INDEX jobs_by_chat ON jobs (chat) WHERE chat IS NOT NULL;
      CREATE INDEX jobs_by_message ON jobs (message) WHERE message IS NOT NULL;
      CREATE INDEX jobs_by_turn ON jobs (turn) WHERE turn IS NOT NULL;
      CREATE INDEX jobs_by_change ON jobs (change);
      """)
}
