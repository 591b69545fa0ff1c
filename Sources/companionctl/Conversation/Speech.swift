import Base

extension StringProtocol {
  /// Text of a conversation, fit for a terminal: lines and tabs stay, every other control character goes, and so do the marks
  /// that would turn the writing direction of what stands behind them.
  ///
  /// Works on scalars, so it may be given any piece of a text, and the pieces together are the same as the whole.
  var speech: String {
    guard unicodeScalars.contains(where: \.isUnspeakable) else { return String(self) }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: unicodeScalars.lazy.filter { !$0.isUnspeakable })
    return String(text)
  }
}

extension Unicode.Scalar {
  /// C0 but line feed and tab, DEL, C1, and the embeddings, overrides and isolates of direction.
  fileprivate var isUnspeakable: Bool {
    switch value {
    case 0x09, 0x0A: false
    case ..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
