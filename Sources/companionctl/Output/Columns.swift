/// How much room text takes on a terminal. Letters of Chinese, Japanese and Korean and most pictures take two columns, marks that
/// join the letter before them none.
extension StringProtocol {
  var columns: Int { reduce(0) { $0 + $1.columns } }

  /// At most so many columns of it, with an ellipsis where some is missing. Never half a letter.
  func fitted(to limit: Int) -> String {
    var taken = 0
    var end = startIndex
    /// Where the ellipsis would still find room.
    var cut = startIndex
    while end < endIndex {
      taken += self[end].columns
      guard taken <= limit else {
        var text = String(self[..<cut])
        while text.last == " " { text.removeLast() }
        return limit > 0 ? text + "…" : ""
      }
      end = index(after: end)
      if taken < limit { cut = end }
    }
    return String(self)
  }

  /// On one line: every run of white space is one space.
  var flattened: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}

extension Character {
  /// 0, 1 or 2. A tab counts as one, since where it ends depends on where it begins; nothing of ours prints one in a column.
  var columns: Int {
    if let byte = asciiValue { return byte >= 0x20 && byte < 0x7F || byte == 0x09 ? 1 : 0 }
    var width = 0
    for scalar in unicodeScalars {
      // The mark that asks for a picture instead of a letter.
      if scalar.value == 0xFE0F, width == 1 { return 2 }
      width = max(width, scalar.columns)
    }
    return width
  }
}

extension Unicode.Scalar {
  fileprivate var columns: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator: return 0
    default: break
    }
    return isWide || properties.isEmojiPresentation ? 2 : 1
  }

  /// The ranges whose East Asian width is wide or full, apart from pictures, which are known by another property.
  private var isWide: Bool {
    switch value {
    case ..<0x1100: false
    case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF,
      0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
