import Base
import Model

/// The large book that was read last, as it is used: reading ten thousand entries takes longer than all the rest of a prompt, and a chat
/// asks for the same ones again with every turn.
///
/// Any thread may call. A book is known by its value, which costs nothing to compare while it is the very one that was kept; one whose
/// keys name somebody is another in each chat, and is not kept.
enum LoreBooks {
  /// Smaller ones are read as quickly as they are found.
  static let least = 64

  private struct Kept {
    let value: JSONValue
    let book: LoreBook
  }

  private static let kept = Lock<Kept?>(nil)

  static func book(_ value: JSONValue, expand: (String) -> String) -> LoreBook {
    guard (value["entries"]?.array?.count ?? 0) >= least else { return LoreBook(value, expand: expand) }
    // Compared outside the lock: two books that differ late take a while.
    if let last = kept.withLock({ $0 }), last.value == value { return last.book }
    var isAnybodys = true
    let book = LoreBook(value) { key in
      if key.contains("{{") { isAnybodys = false }
      return expand(key)
    }
    if isAnybodys { kept.withLock { $0 = Kept(value: value, book: book) } }
    return book
  }
}
