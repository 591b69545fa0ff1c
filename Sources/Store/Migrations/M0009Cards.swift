extension Migration {
  /// Character cards as they came: the picture around them, and whatever was not understood.
  static let m0009Cards = Migration(
    number: 9, name: "cards",
    sql: """
      CREATE TABLE companion_cards (
        companion INTEGER PRIMARY KEY REFERENCES companions (id) ON DELETE CASCADE,
        -- json, png or charx.
        kind TEXT NOT NULL,
        file BLOB NOT NULL,
        at INTEGER NOT NULL
      ) STRICT;
      """)
}
