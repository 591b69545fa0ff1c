/// Checks that bytes are one JSON text (RFC 8259) without building anything: no allocation, one pass.
///
/// Agrees with `JSONDecoder` on what is JSON, which a differential test holds it to; stricter only in depth, and in refusing a
/// byte-order mark. Works on a borrowed span with an index that moves.
public enum JSONScanner {
  public enum Fault: Error, Hashable, Sendable {
    case syntax(at: Int)
    case tooDeep(at: Int)
    case encoding
  }

  @inlinable
  public static func skipSpace(_ text: borrowing Span<UInt8>, _ at: inout Int) {
    while at < text.count {
      switch text[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return
      }
    }
  }

  /// Moves past one value. `highBits` gathers the bytes seen in strings, so that the caller validates UTF-8 only where needed.
  public static func skipValue(
    _ text: borrowing Span<UInt8>, _ at: inout Int, depth: Int, highBits: inout UInt8
  ) throws(Fault) {
    guard at < text.count else { throw .syntax(at: at) }
    switch text[at] {
    case UInt8(ascii: "\""): try skipString(text, &at, highBits: &highBits)
    case UInt8(ascii: "{"): try skipObject(text, &at, depth: depth, highBits: &highBits)
    case UInt8(ascii: "["): try skipArray(text, &at, depth: depth, highBits: &highBits)
    case UInt8(ascii: "t"): try skipWord("true", text, &at)
    case UInt8(ascii: "f"): try skipWord("false", text, &at)
    case UInt8(ascii: "n"): try skipWord("null", text, &at)
    default: try skipNumber(text, &at)
    }
  }

  private static func skipObject(
    _ text: borrowing Span<UInt8>, _ at: inout Int, depth: Int, highBits: inout UInt8
  ) throws(Fault) {
    guard depth > 0 else { throw .tooDeep(at: at) }
    at += 1
    skipSpace(text, &at)
    if at < text.count, text[at] == UInt8(ascii: "}") {
      at += 1
      return
    }
    while true {
      try skipString(text, &at, highBits: &highBits)
      skipSpace(text, &at)
      guard at < text.count, text[at] == UInt8(ascii: ":") else { throw .syntax(at: at) }
      at += 1
      skipSpace(text, &at)
      try skipValue(text, &at, depth: depth - 1, highBits: &highBits)
      skipSpace(text, &at)
      guard at < text.count else { throw .syntax(at: at) }
      let byte = text[at]
      at += 1
      if byte == UInt8(ascii: "}") { return }
      guard byte == UInt8(ascii: ",") else { throw .syntax(at: at - 1) }
      skipSpace(text, &at)
    }
  }

  private static func skipArray(
    _ text: borrowing Span<UInt8>, _ at: inout Int, depth: Int, highBits: inout UInt8
  ) throws(Fault) {
    guard depth > 0 else { throw .tooDeep(at: at) }
    at += 1
    skipSpace(text, &at)
    if at < text.count, text[at] == UInt8(ascii: "]") {
      at += 1
      return
    }
    while true {
      try skipValue(text, &at, depth: depth - 1, highBits: &highBits)
      skipSpace(text, &at)
      guard at < text.count else { throw .syntax(at: at) }
      let byte = text[at]
      at += 1
      if byte == UInt8(ascii: "]") { return }
      guard byte == UInt8(ascii: ",") else { throw .syntax(at: at - 1) }
      skipSpace(text, &at)
    }
  }

  /// Moves past a string, both quotes included; answers whether it held an escape.
  @discardableResult
  public static func skipString(
    _ text: borrowing Span<UInt8>, _ at: inout Int, highBits: inout UInt8
  ) throws(Fault) -> Bool {
    guard at < text.count, text[at] == UInt8(ascii: "\"") else { throw .syntax(at: at) }
    at += 1
    var escaped = false
    var seen: UInt8 = 0
    while at < text.count {
      let byte = text[at]
      at += 1
      if byte == UInt8(ascii: "\"") {
        highBits |= seen
        return escaped
      }
      if byte == UInt8(ascii: "\\") {
        escaped = true
        try skipEscape(text, &at)
      } else if byte < 0x20 {
        throw .syntax(at: at - 1)
      } else {
        seen |= byte
      }
    }
    throw .syntax(at: at)
  }

  private static func skipEscape(_ text: borrowing Span<UInt8>, _ at: inout Int) throws(Fault) {
    guard at < text.count else { throw .syntax(at: at) }
    let byte = text[at]
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return
    case UInt8(ascii: "u"):
      let unit = try hexadecimal(text, &at)
      // Half a surrogate pair is no character, and a String could not hold it.
      if unit & 0xFC00 == 0xDC00 { throw .syntax(at: at) }
      guard unit & 0xFC00 == 0xD800 else { return }
      guard at + 1 < text.count, text[at] == UInt8(ascii: "\\"), text[at + 1] == UInt8(ascii: "u") else {
        throw .syntax(at: at)
      }
      at += 2
      guard try hexadecimal(text, &at) & 0xFC00 == 0xDC00 else { throw .syntax(at: at) }
    default: throw .syntax(at: at - 1)
    }
  }

  private static func hexadecimal(_ text: borrowing Span<UInt8>, _ at: inout Int) throws(Fault) -> UInt16 {
    guard at + 4 <= text.count else { throw .syntax(at: text.count) }
    var unit: UInt16 = 0
    for _ in 0..<4 {
      let byte = text[at]
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x41 + 10
      case 0x61...0x66: digit = byte - 0x61 + 10
      default: throw .syntax(at: at)
      }
      unit = unit << 4 | UInt16(digit)
      at += 1
    }
    return unit
  }

  private static func skipWord(
    _ word: StaticString, _ text: borrowing Span<UInt8>, _ at: inout Int
  ) throws(Fault) {
    let count = word.utf8CodeUnitCount
    guard at + count <= text.count else { throw .syntax(at: at) }
    for index in 0..<count where unsafe text[at + index] != word.utf8Start[index] { throw .syntax(at: at) }
    at += count
  }

  private static func skipNumber(_ text: borrowing Span<UInt8>, _ at: inout Int) throws(Fault) {
    if text[at] == UInt8(ascii: "-") { at += 1 }
    guard at < text.count else { throw .syntax(at: at) }
    if text[at] == UInt8(ascii: "0") { at += 1 } else { try skipDigits(text, &at) }
    if at < text.count, text[at] == UInt8(ascii: ".") {
      at += 1
      try skipDigits(text, &at)
    }
    if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
      try skipDigits(text, &at)
    }
  }

  private static func skipDigits(_ text: borrowing Span<UInt8>, _ at: inout Int) throws(Fault) {
    let start = at
    while at < text.count, text[at] >= 0x30, text[at] <= 0x39 { at += 1 }
    if at == start { throw .syntax(at: at) }
  }
}
