extension JSON5Reader {
  /// Decimal with or without its whole or fractional part, hexadecimal, and the words for infinity and NaN.
  mutating func readNumber() throws(Problem) -> Double {
    let start = at
    let negative = peek() == UInt8(ascii: "-")
    if negative || peek() == UInt8(ascii: "+") { at += 1 }
    let value: Double
    if takeWord("Infinity") {
      value = .infinity
    } else if takeWord("NaN") {
      value = .nan
    } else if peek() == UInt8(ascii: "0"), let x = peek(1), x | 0x20 == UInt8(ascii: "x") {
      at += 2
      value = try readHexadecimal()
    } else {
      value = try readDecimal()
    }
    if let next = peek(), isASCIIWordPart(next) || next == UInt8(ascii: ".") {
      throw wrong(
        expected: "the end of the number",
        suggestion: "numbers have no units (times are seconds, sizes bytes); text needs quotes")
    }
    guard value.isFinite || takenIsWord(from: start) else {
      at = start
      throw wrong(expected: "a number below 1.8e308", found: "a larger one", suggestion: "write fewer digits")
    }
    return negative ? -value : value
  }

  private mutating func readHexadecimal() throws(Problem) -> Double {
    var value: UInt64 = 0
    var digits = 0
    while let byte = peek(), let digit = hexValue(byte) {
      guard value >> 60 == 0 else {
        throw wrong(expected: "a hexadecimal number of at most 64 bits", suggestion: "write fewer digits")
      }
      value = value << 4 | UInt64(digit)
      digits += 1
      at += 1
    }
    if digits == 0 { throw wrong(expected: "hexadecimal digits after 0x") }
    return Double(value)
  }

  private mutating func readDecimal() throws(Problem) -> Double {
    let start = at
    let whole = takeDigits()
    if whole > 1, bytes[start] == UInt8(ascii: "0") {
      at = start
      throw wrong(
        expected: "a number without leading zeros",
        suggestion: "remove the zeros (hexadecimal begins with 0x)")
    }
    var fraction = 0
    if take(".") { fraction = takeDigits() }
    if whole + fraction == 0 { throw wrong(expected: "a digit") }
    if let e = peek(), e | 0x20 == UInt8(ascii: "e") {
      at += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { at += 1 }
      if takeDigits() == 0 { throw wrong(expected: "a digit in the exponent") }
    }
    // The standard library wants digits on both sides of the point; JSON5 asks for one side only.
    var text = String(decoding: bytes[start..<at], as: UTF8.self)
    if whole == 0 { text = "0" + text }
    guard let value = Double(text) else {
      preconditionFailure("the grammar let through \(text.utf8.count) bytes")
    }
    return value
  }

  private mutating func takeDigits() -> Int {
    let start = at
    while isDigit(peek()) { at += 1 }
    return at - start
  }

  private mutating func takeWord(_ word: StaticString) -> Bool {
    let wanted = word.description.utf8
    guard bytes[at...].starts(with: wanted) else { return false }
    at += wanted.count
    return true
  }

  /// Whether an unbounded value was written as a word, not by digits that overflow.
  private func takenIsWord(from start: Int) -> Bool {
    bytes[start..<at].contains { $0 == UInt8(ascii: "I") || $0 == UInt8(ascii: "N") }
  }
}

func isDigit(_ byte: UInt8?) -> Bool {
  guard let byte else { return false }
  return UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
}

func hexValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
