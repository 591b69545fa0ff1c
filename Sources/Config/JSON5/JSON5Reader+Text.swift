/// Quoted text with its escapes, and the names of members.
extension JSON5Reader {
  mutating func readText() throws(Problem) -> String {
    let opened = here()
    let quote = bytes[at]
    at += 1
    var out: [UInt8] = []
    while let byte = peek() {
      switch byte {
      case quote:
        at += 1
        return String(decoding: out, as: UTF8.self)
      case UInt8(ascii: "\\"):
        at += 1
        try readEscape(into: &out)
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): throw unended(opened, found: "the end of the line")
      case 0..<0x20 where byte != UInt8(ascii: "\t"):
        throw wrong(
          expected: "no control character in text", found: "U+00\(hex(byte))",
          suggestion: "write it as \\u00\(hex(byte))")
      default:
        out.append(byte)
        at += 1
      }
    }
    throw unended(opened, found: "the end of the file")
  }

  /// Points at the quote that opened: that is the line to look at.
  private func unended(_ opened: Source, found: String) -> Problem {
    Problem(
      opened, path: Self.joined(path), expected: "a closing quote for the text that begins here",
      found: found,
      suggestion: "close the text with the same quote; \\ at the end of a line continues it on the next")
  }

  private mutating func readEscape(into out: inout [UInt8]) throws(Problem) {
    if isWideLineEnd() {
      at += 3
      return
    }
    guard let byte = peek() else { throw wrong(expected: "a character after \\") }
    at += 1
    switch byte {
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "v"): out.append(0x0B)
    case UInt8(ascii: "\n"): break
    case UInt8(ascii: "\r"): _ = take("\n")
    case UInt8(ascii: "x"): append(Unicode.Scalar(UInt8(truncatingIfNeeded: try readHex(2))), to: &out)
    case UInt8(ascii: "u"): append(try readUnicodeEscape(), to: &out)
    case UInt8(ascii: "0") where !isDigit(peek()): out.append(0)
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      at -= 1
      throw wrong(expected: "an escape JSON5 knows after \\", suggestion: "write \\\\ for a backslash")
    case 0..<0x20 where byte != UInt8(ascii: "\t"):
      at -= 1
      throw wrong(expected: "a visible character after \\")
    default:
      // Any other character stands for itself. The rest of a longer scalar follows as ordinary bytes.
      out.append(byte)
    }
  }

  /// After `\u`: one scalar, which may need a second escape as its other half.
  private mutating func readUnicodeEscape() throws(Problem) -> Unicode.Scalar {
    let start = at
    let first = try readHex(4)
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xDC00, peek() == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "u") {
      at += 2
      let second = try readHex(4)
      if 0xDC00...0xDFFF ~= second,
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      {
        return scalar
      }
    }
    at = start
    throw wrong(
      expected: "a whole character", found: "half of a surrogate pair",
      suggestion: "write the character itself, or both halves: \\ud83d\\ude00")
  }

  private mutating func readHex(_ count: Int) throws(Problem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let byte = peek(), let digit = hexValue(byte) else {
        throw wrong(expected: "\(count) hexadecimal digits in the escape")
      }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }

  // MARK: Names

  mutating func readName(opened: Source) throws(Problem) -> String {
    guard let byte = peek() else { throw unclosed("}", opened) }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return try readText() }
    var out: [UInt8] = []
    while let (scalar, length) = scalarHere() {
      let escaped = scalar == "\\" && peek(1) == UInt8(ascii: "u")
      let start = at
      var part = scalar
      if escaped {
        at += 2
        part = try readUnicodeEscape()
      }
      guard isNamePart(part, first: out.isEmpty) else {
        at = start
        break
      }
      if !escaped { at += length }
      append(part, to: &out)
    }
    if out.isEmpty { throw wrong(expected: "a name or '}'", suggestion: nameHint()) }
    if peek() == UInt8(ascii: "-") || peek() == UInt8(ascii: ".") {
      throw wrong(
        expected: "':' after the name", suggestion: "a name with other signs than letters needs quotes")
    }
    return String(decoding: out, as: UTF8.self)
  }

  private func nameHint() -> String? {
    isDigit(peek()) ? "a name that begins with a digit needs quotes" : nil
  }

  private func isNamePart(_ scalar: Unicode.Scalar, first: Bool) -> Bool {
    if let byte = UInt8(exactly: scalar.value), byte < 0x80 {
      return isASCIIWordPart(byte) && !(first && isDigit(byte))
    }
    if first { return scalar.properties.isIDStart }
    return scalar.properties.isIDContinue || scalar == "\u{200C}" || scalar == "\u{200D}"
  }
}

private func append(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
  out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
}

private func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
