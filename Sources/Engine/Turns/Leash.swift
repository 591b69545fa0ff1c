/// How far what is shown of a reply may be ahead of what the disk has: what a crash may take from who has read it.
///
/// Text beyond that waits here until a checkpoint stands. A model writes far slower than the disk, so that it hardly ever does: only
/// a provider that sends a whole reply in one breath meets it.
struct Leash {
  static let most = 4096
  /// When so much is not handed to the writer yet, it is; the other half is for what comes while the writer works.
  static let handOver = 2048

  /// Bytes of the log that a commit holds, and those that were handed to the writer.
  private(set) var stored: Int
  private(set) var handed: Int
  private var waiting = ""

  init(stored: Int) { (self.stored, handed) = (stored, stored) }

  var isEmpty: Bool { waiting.isEmpty }

  mutating func add(_ text: String) { waiting += text }

  /// What may be shown now, whole scalars, when `shown` bytes have been.
  mutating func take(shown: Int) -> String {
    let room = stored + Self.most - shown
    guard room < waiting.utf8.count else {
      defer { waiting = "" }
      return waiting
    }
    guard room > 0 else { return "" }
    var end = waiting.utf8.index(waiting.startIndex, offsetBy: room)
    while end.samePosition(in: waiting.unicodeScalars) == nil { end = waiting.utf8.index(before: end) }
    defer { waiting.removeSubrange(..<end) }
    return String(waiting[..<end])
  }

  mutating func hand(over shown: Int) { handed = shown }

  /// The writer is done with what was handed over. Text that could not be stored is shown all the same: holding it back would not
  /// save it, and the last commit is tried until it stands.
  mutating func settled(upTo shown: Int) { stored = max(stored, shown) }
}
