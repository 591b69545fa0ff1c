/// Notices that a reply goes round in circles: its end is the same piece again and again. Models that lost the thread do so until
/// their tokens run out.
///
/// A short piece may come often before it counts, laughter and a ruled line among them; a longer one, up to `longestPiece`, four
/// times in a row.
struct LoopDetector: Sendable {
  static let longestPiece = 600
  static let rounds = 4
  /// So many scalars must be repetition at least.
  static let leastText = 280

  private var tail: [Unicode.Scalar] = []
  private var fresh = 0
  private static let window = longestPiece * rounds
  private static let pace = 64

  /// Whether the reply is a loop now. Asked every so many scalars, wherever the pieces are cut.
  mutating func notices(_ piece: String) -> Bool {
    for scalar in piece.unicodeScalars {
      tail.append(scalar)
      fresh += 1
      if fresh == Self.pace {
        fresh = 0
        if tail.count > Self.window { tail.removeFirst(tail.count - Self.window) }
        if isLoop { return true }
      }
    }
    return false
  }

  private var isLoop: Bool {
    guard tail.count >= Self.leastText else { return false }
    // Read backwards, a text that ends in repetition begins with it: `common[shift]` is how much of it equals itself from there on.
    let text = Array(tail.reversed())
    var common = [Int](repeating: 0, count: min(text.count, Self.longestPiece + 1))
    var (left, right) = (0, 0)
    for shift in 1..<common.count {
      var length = shift < right ? min(right - shift, common[shift - left]) : 0
      while shift + length < text.count, text[length] == text[shift + length] { length += 1 }
      common[shift] = length
      if shift + length > right { (left, right) = (shift, shift + length) }
      if shift + length >= max(shift * Self.rounds, Self.leastText) { return true }
    }
    return false
  }
}
