package import Base
import SQLite

/// The files that companions came from, one each at most. They go with their companion, for good only with it.
enum CardTable {
  static let keep = Query(
    """
    INSERT INTO companion_cards (companion, kind, file, at) VALUES (?, ?, ?, ?)
    ON CONFLICT (companion) DO UPDATE SET kind = excluded.kind, file = excluded.file, at = excluded.at
    """)
  static let one = Query(
    """
    SELECT k.kind, k.file FROM companion_cards k JOIN companions c ON c.id = k.companion
    WHERE c.ulid = ? AND c.trash IS NULL
    """)
}

package struct StoredCard: Sendable, Hashable {
  /// `json`, `png` or `charx`.
  package var kind: String
  package var file: [UInt8]

  package init(kind: String, file: [UInt8]) {
    self.kind = kind
    self.file = file
  }
}

extension Reading {
  /// The file a companion came from; nil for one that was made here.
  package func card(of companion: ULID) throws(StoreError) -> StoredCard? {
    try first(CardTable.one, .ulid(companion)) { StoredCard(kind: $0.text(0), file: $0.bytes(1)) }
  }
}

extension Transaction {
  package func keep(_ card: StoredCard, of companion: ULID) throws(StoreError) {
    try run(
      CardTable.keep, .integer(try storedCompanion(companion).row), .text(card.kind), .bytes(card.file),
      .integer(now.milliseconds))
  }
}
