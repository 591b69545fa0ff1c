/// Letters as search compares them: small, without the marks of Latin and Greek, half-width.
enum LetterFolding {
  static func fold(_ scalar: Unicode.Scalar, _ take: (Unicode.Scalar) -> Void) {
    let value = scalar.value
    if value < 0x80 {
      take(value >= 0x41 && value <= 0x5A ? Unicode.Scalar(UInt8(value | 0x20)) : scalar)
      return
    }
    // ASCII has a second, wide form, which Japanese input methods like.
    if (0xFF01...0xFF5E).contains(value), let narrow = Unicode.Scalar(value - 0xFEE0) {
      return fold(narrow, take)
    }
    for small in scalar.properties.lowercaseMapping.unicodeScalars where !isMark(small) {
      if let plain = plain[small] {
        for letter in plain.unicodeScalars { take(letter) }
      } else {
        take(small)
      }
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool { (0x300...0x36F).contains(scalar.value) }

  /// Small letters with marks, and what they are without.
  ///
  /// The standard library compares strings by canonical equivalence, so a letter and its marks side by side find the
  /// letter that Unicode has for them, which saves a table of a thousand lines.
  private static let plain: [Unicode.Scalar: String] = {
    var composed: [String: String] = [:]
    for base in "abcdefghijklmnopqrstuvwxyzαεηιουω".unicodeScalars {
      for mark in (0x300...0x342 as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init) {
        composed[text(base, mark)] = String(base)
        // Vietnamese vowels and a few others have two.
        guard [0x302, 0x306, 0x31B, 0x308, 0x304, 0x323].contains(mark.value) else { continue }
        for second in [0x300, 0x301, 0x303, 0x304, 0x309, 0x30C, 0x323].compactMap(Unicode.Scalar.init) {
          composed[text(base, mark, second)] = String(base)
        }
      }
      for mark in [0x323, 0x324, 0x325, 0x326, 0x327, 0x328, 0x32D, 0x32E, 0x330, 0x331].compactMap(
        Unicode.Scalar.init)
      {
        composed[text(base, mark)] = String(base)
      }
    }
    var plain: [Unicode.Scalar: String] = [
      "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th", "ħ": "h",
      "ŋ": "n", "ς": "σ",
    ]
    for value in [0xC0...0x24F, 0x370...0x3FF, 0x1E00...0x1EFF].joined() {
      guard let scalar = Unicode.Scalar(UInt32(value)), plain[scalar] == nil else { continue }
      if let base = composed[String(scalar)] { plain[scalar] = base }
    }
    return plain
  }()

  private static func text(_ scalars: Unicode.Scalar...) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    return text
  }
}
