/// Notices a model that has fallen into a loop: its last bytes are one short passage over and over.
struct RepetitionGuard {
  /// This much must be nothing but repetition…
  private static let window = 1536
  /// …of a passage no longer than this, which is six times at least.
  private static let longest = 256
  /// Looking costs; a loop is found this much later at most.
  private static let step = 512

  private var tail: [UInt8] = []
  private var unchecked = 0

  /// Answers whether the text now ends in a loop.
  mutating func push(_ text: String) -> Bool {
    tail.append(contentsOf: text.utf8)
    unchecked += text.utf8.count
    guard unchecked >= Self.step else { return false }
    unchecked = 0
    if tail.count > Self.window { tail.removeFirst(tail.count - Self.window) }
    guard tail.count == Self.window else { return false }
    return (1...Self.longest).contains { period in
      // From the end backwards most periods fail at the first byte.
      var at = Self.window - 1
      while at >= period, tail[at] == tail[at - period] { at -= 1 }
      return at < period
    }
  }
}
