extension String {
  /// This text fit for one line of a log or a terminal, whoever wrote it.
  ///
  /// Line breaks and control characters would forge lines or drive the reader's terminal, and the marks that
  /// turn the writing direction would show one thing and mean another: each is written as an escape (`\n`,
  /// `\u{1B}`). A backslash stays as it is, because paths and patterns are read more often than attacks.
  /// Past `limit` bytes the text is cut between scalars and says how much is missing.
  public func printable(limit: Int = .max) -> String {
    if utf8.count <= limit, unicodeScalars.allSatisfy({ !$0.isUnprintable }) { return self }
    var result = ""
    var taken = 0
    for scalar in unicodeScalars {
      let width = UTF8.width(scalar)
      if taken + width > limit {
        return result + "… (\(utf8.count - taken) bytes more)"
      }
      taken += width
      if scalar.isUnprintable {
        result += scalar.escape
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Control characters (C0, DEL, C1), line and paragraph separators, and the marks that change direction.
  var isUnprintable: Bool {
    switch value {
    case 0x20..<0x7F: false
    case ..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  fileprivate var escape: String {
    switch self {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{\(String(value, radix: 16, uppercase: true))}"
    }
  }
}
