extension Migration {
  /// How many lines of the companion's the person has not read, kept beside the chat as `messages` is: a chat is read at every step of
  /// every turn, and counting cost as much as the chat was long for whoever never says how far they have read.
  ///
  /// The triggers see every way in which the number can change: a reply comes, goes to the trash or comes back from it, or the
  /// person reads on.
  static let m0006Unread = Migration(
    number: 6, name: "unread",
    sql: """
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
      """)
}
