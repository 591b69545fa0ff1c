/// Ends a reply that is far longer than the tokens that were asked for could be: some servers overlook the number.
struct LengthCap: Sendable {
  /// More than any script needs for a token, on average over a reply.
  static let bytesPerToken = 12
  static let least = 4096

  private var left: Int

  init(tokens: Int) { left = max(Self.least, tokens * Self.bytesPerToken) }

  /// The part of a piece with which the reply is over; nil while there is room for more.
  mutating func last(of piece: String) -> String? {
    let bytes = piece.utf8.count
    guard bytes > left else {
      left -= bytes
      return nil
    }
    var end = piece.utf8.index(piece.startIndex, offsetBy: left)
    left = 0
    while end.samePosition(in: piece.unicodeScalars) == nil { end = piece.utf8.index(before: end) }
    return String(piece[..<end])
  }
}
