import Model

/// Reads JSON as people's programs write it: commas too many, raw line breaks in texts, half a surrogate pair, a byte-order mark. What a
/// strict reader would refuse for such a thing is somebody's character.
///
/// Everything is bounded: nesting, the number of values, and by both the memory that the result takes. One pass.
struct ForgivingJSON {
  enum Fault: Error, Hashable {
    case syntax(at: Int)
    case tooDeep
    case tooMany
  }

  /// As deep as a line of the protocol may be: it must fit into one again.
  static let deepest = 60
  static let usualMost = 250_000

  private let bytes: [UInt8]
  private let end: Int
  private var at: Int
  private let most: Int
  private var count = 0

  /// The one value there is. Space and zeros may stand around it.
  static func read(
    _ bytes: [UInt8], atMost most: Int = ForgivingJSON.usualMost
  ) throws(Fault) -> JSONValue {
    var reader = ForgivingJSON(bytes, most)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.at == reader.end else { throw .syntax(at: reader.at) }
    return value
  }

  private init(_ bytes: [UInt8], _ most: Int) {
    self.bytes = bytes
    (at, end) = (0, bytes.count)
    self.most = most
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at += 3 }
  }

  private mutating func skipSpace() {
    while at < end, [0x20, 0x09, 0x0A, 0x0D, 0].contains(bytes[at]) { at += 1 }
  }

  private mutating func value(depth: Int) throws(Fault) -> JSONValue {
    skipSpace()
    count += 1
    guard count <= most else { throw .tooMany }
    guard at < end else { throw .syntax(at: at) }
    switch bytes[at] {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .string(try text())
    default: return try word()
    }
  }

  private mutating func object(_ depth: Int) throws(Fault) -> JSONValue {
    guard depth < Self.deepest else { throw .tooDeep }
    at += 1
    var members: [String: JSONValue] = [:]
    while try !closes(UInt8(ascii: "}")) {
      guard bytes[at] == UInt8(ascii: "\"") else { throw .syntax(at: at) }
      let name = try text()
      skipSpace()
      guard at < end, bytes[at] == UInt8(ascii: ":") else { throw .syntax(at: at) }
      at += 1
      // The last of a name counts, as it does in browsers.
      members[name] = try value(depth: depth + 1)
    }
    return .object(members)
  }

  private mutating func array(_ depth: Int) throws(Fault) -> JSONValue {
    guard depth < Self.deepest else { throw .tooDeep }
    at += 1
    var items: [JSONValue] = []
    while try !closes(UInt8(ascii: "]")) { items.append(try value(depth: depth + 1)) }
    return .array(items)
  }

  /// Whether the list ends here; otherwise stands at its next item, with as many commas skipped as there are.
  private mutating func closes(_ bracket: UInt8) throws(Fault) -> Bool {
    skipSpace()
    while at < end, bytes[at] == UInt8(ascii: ",") {
      at += 1
      skipSpace()
    }
    guard at < end else { throw .syntax(at: at) }
    guard bytes[at] == bracket else { return false }
    at += 1
    return true
  }

  /// A number, `true`, `false` or `null`. A number that no `Double` holds is nothing, as is NaN.
  private mutating func word() throws(Fault) -> JSONValue {
    let start = at
    while at < end, Self.isWord(bytes[at]) { at += 1 }
    let word = String(decoding: bytes[start..<at], as: UTF8.self)
    switch word {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null", "NaN", "Infinity", "-Infinity", "undefined": return .null
    default: break
    }
    if let integer = Int64(word) { return .integer(integer) }
    guard word.utf8.count <= 400, let number = Double(word) else { throw .syntax(at: start) }
    guard number.isFinite else { return .null }
    // As it will be read when it has been written again.
    return Int64(exactly: number).map { .integer($0) } ?? .number(number)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
    default: false
    }
  }

  private mutating func text() throws(Fault) -> String {
    at += 1
    let start = at
    while at < end, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\") { at += 1 }
    guard at < end else { throw .syntax(at: at) }
    if bytes[at] == UInt8(ascii: "\"") {
      at += 1
      return String(decoding: bytes[start..<(at - 1)], as: UTF8.self)
    }
    var plain = Array(bytes[start..<at])
    while at < end {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: plain, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(&plain)
      default: plain.append(byte)
      }
    }
    throw .syntax(at: at)
  }

  private mutating func escape(_ plain: inout [UInt8]) throws(Fault) {
    guard at < end else { throw .syntax(at: at) }
    let byte = bytes[at]
    at += 1
    switch byte {
    case UInt8(ascii: "b"): plain.append(0x08)
    case UInt8(ascii: "f"): plain.append(0x0C)
    case UInt8(ascii: "n"): plain.append(0x0A)
    case UInt8(ascii: "r"): plain.append(0x0D)
    case UInt8(ascii: "t"): plain.append(0x09)
    case UInt8(ascii: "u"): plain.append(contentsOf: String(try scalar()).utf8)
    // The character itself, a quote or a slash among others.
    default: plain.append(byte)
    }
  }

  /// Half a pair alone becomes the mark for what cannot be read.
  private mutating func scalar() throws(Fault) -> Character {
    let unit = try hexadecimal()
    guard unit & 0xFC00 == 0xD800 else { return Character(Unicode.Scalar(unit) ?? "\u{FFFD}") }
    let before = at
    guard at + 1 < end, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
      return "\u{FFFD}"
    }
    at += 2
    let low = try hexadecimal()
    guard low & 0xFC00 == 0xDC00 else {
      at = before
      return "\u{FFFD}"
    }
    return Character(Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF)) ?? "\u{FFFD}")
  }

  private mutating func hexadecimal() throws(Fault) -> UInt32 {
    guard at + 4 <= end else { throw .syntax(at: at) }
    var unit: UInt32 = 0
    for byte in bytes[at..<(at + 4)] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw .syntax(at: at) }
      unit = unit << 4 | UInt32(digit)
    }
    at += 4
    return unit
  }
}
