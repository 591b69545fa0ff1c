/// What stands between values: white space, comments, and the encoding of the whole.
extension JSON5Reader {
  func peek(_ ahead: Int = 0) -> UInt8? { at + ahead < bytes.count ? bytes[at + ahead] : nil }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  /// The scalar at the reader's place and its length. The bytes have been found to be valid UTF-8.
  func scalarHere() -> (scalar: Unicode.Scalar, length: Int)? {
    guard let lead = peek() else { return nil }
    let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard let scalar = String(decoding: bytes[at..<at + length], as: UTF8.self).unicodeScalars.first else {
      return nil
    }
    return (scalar, length)
  }

  mutating func skipSpace() throws(Problem) {
    while let byte = peek() {
      switch byte {
      case 0x09...0x0D, 0x20: at += 1
      case UInt8(ascii: "/"): try skipComment()
      case 0x80...:
        guard let (scalar, length) = scalarHere(), isWideSpace(scalar) else { return }
        at += length
      default: return
      }
    }
  }

  private mutating func skipComment() throws(Problem) {
    switch peek(1) {
    case UInt8(ascii: "/"):
      at += 2
      while let byte = peek(), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r"), !isWideLineEnd() {
        at += 1
      }
    case UInt8(ascii: "*"):
      let opened = here()
      at += 2
      while peek() != UInt8(ascii: "*") || peek(1) != UInt8(ascii: "/") {
        guard at < bytes.count else {
          throw Problem(
            opened, path: Self.joined(path), expected: "*/ to end the comment that begins here",
            found: "the end of the file", suggestion: "add */ where the comment ends")
        }
        at += 1
      }
      at += 2
    default: throw wrong(expected: "a comment", suggestion: "comments are written // … or /* … */")
    }
  }

  /// U+2028 and U+2029, which end lines in JSON5 as in JavaScript.
  func isWideLineEnd() -> Bool {
    peek() == 0xE2 && peek(1) == 0x80 && (peek(2) == 0xA8 || peek(2) == 0xA9)
  }

  private func isWideSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xFEFF, 0x2028, 0x2029: true
    default: scalar.properties.generalCategory == .spaceSeparator
    }
  }

  /// A byte order mark of UTF-8 is white space to JSON5; one of UTF-16 says the file was saved the wrong way.
  mutating func checkEncoding() throws(Problem) {
    if bytes.count > Self.maxBytes {
      throw wrong(
        expected: "a file of at most \(Self.maxBytes) bytes", found: "\(bytes.count) bytes",
        suggestion: "check that this is the right file")
    }
    if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
      throw wrong(expected: "UTF-8 text", found: "UTF-16", suggestion: "save the file as UTF-8")
    }
    if let zero = bytes.firstIndex(of: 0) {
      // Lines of a binary file mean nothing, but a single stray byte in a text should be found.
      at = zero
      throw wrong(
        expected: "UTF-8 text", found: "a zero byte",
        suggestion: "this looks like a binary file; check the name")
    }
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      at = error.byteOffsets.lowerBound
      throw wrong(
        expected: "UTF-8 text", found: "the byte 0x\(String(bytes[at], radix: 16))",
        suggestion: "save the file as UTF-8")
    }
  }

  // MARK: Help for errors

  func foundHere() -> String {
    guard let (scalar, _) = scalarHere() else { return "the end of the file" }
    switch scalar {
    case "\n", "\r": return "a line break"
    case "'": return "\"'\""
    default: return "'\(Quoting.plain(String(scalar)))'"
    }
  }

  /// What people used to other formats write, and what to write here.
  func hintHere() -> String? {
    guard let (scalar, _) = scalarHere() else { return "is the file complete?" }
    switch scalar {
    case "#": return "comments are written // … or /* … */"
    case "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "`": return "use plain quotes: \" or '"
    case ";": return "values are separated by commas"
    case ",": return "remove one comma"
    case "]", "}", ")": return "check that every bracket has its partner"
    default: return "check the line, and the end of the one before"
    }
  }
}

func isASCIIWordPart(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"):
    true
  default: false
  }
}
