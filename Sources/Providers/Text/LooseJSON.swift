/// What a server sends as JSON, read with the tolerance that servers need.
///
/// Strings stay bytes: a model's character may be cut in two by its own server, in the middle of a UTF-8 sequence or between the
/// halves of a surrogate pair, and only the text as a whole can put it together again (`ScalarJoiner`). NaN and Infinity, which
/// some servers write, are read as null. Everything else must be JSON.
enum LooseJSON: Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case text([UInt8])
  case array([LooseJSON])
  case object([(name: String, value: LooseJSON)])

  /// Deeper nesting is an attack on a recursive reader.
  static let maxDepth = 64

  /// nil when the bytes are not one JSON text.
  init?(_ bytes: borrowing Span<UInt8>) {
    var at = 0
    guard let value = LooseJSON.value(bytes, &at, depth: LooseJSON.maxDepth) else { return nil }
    LooseJSON.skipSpace(bytes, &at)
    guard at == bytes.count else { return nil }
    self = value
  }

  // MARK: Looking into it

  /// The last member of that name, as most readers have it.
  subscript(name: String) -> LooseJSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  var isNull: Bool { if case .null = self { true } else { false } }
  var bytes: [UInt8]? { if case .text(let bytes) = self { bytes } else { nil } }
  var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
  var array: [LooseJSON]? { if case .array(let items) = self { items } else { nil } }
  var isObject: Bool { if case .object = self { true } else { false } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// A number of tokens as far as it can be believed: whoever adds some of them stays far from the largest `Int`.
  var count: Int? { integer.map { min(max($0, 0), TokenUsage.mostTokens) } }

  /// Any whole number, which some write as a string.
  var integer: Int? {
    switch self {
    case .number(let value): Int(exactly: value.rounded(.towardZero))
    case .text: string.flatMap { Int($0) }
    default: nil
    }
  }

  /// A seed, with all its digits.
  var unsigned: UInt64? {
    switch self {
    case .number(let value): UInt64(exactly: value)
    case .text: string.flatMap { UInt64($0) }
    default: nil
    }
  }

  var double: Double? { if case .number(let value) = self { value } else { nil } }

  // MARK: Reading

  private static func skipSpace(_ bytes: borrowing Span<UInt8>, _ at: inout Int) {
    while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09 {
      at += 1
    }
  }

  private static func value(_ bytes: borrowing Span<UInt8>, _ at: inout Int, depth: Int) -> LooseJSON? {
    skipSpace(bytes, &at)
    guard at < bytes.count, depth > 0 else { return nil }
    switch bytes[at] {
    case UInt8(ascii: "\""): return string(bytes, &at).map { .text($0) }
    case UInt8(ascii: "{"): return object(bytes, &at, depth: depth)
    case UInt8(ascii: "["): return array(bytes, &at, depth: depth)
    default: return word(bytes, &at)
    }
  }

  private static func object(_ bytes: borrowing Span<UInt8>, _ at: inout Int, depth: Int) -> LooseJSON? {
    var members: [(name: String, value: LooseJSON)] = []
    at += 1
    skipSpace(bytes, &at)
    if at < bytes.count, bytes[at] == UInt8(ascii: "}") {
      at += 1
      return .object(members)
    }
    while true {
      skipSpace(bytes, &at)
      guard let name = string(bytes, &at) else { return nil }
      skipSpace(bytes, &at)
      guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { return nil }
      at += 1
      guard let value = value(bytes, &at, depth: depth - 1) else { return nil }
      members.append((String(decoding: name, as: UTF8.self), value))
      skipSpace(bytes, &at)
      guard at < bytes.count else { return nil }
      at += 1
      if bytes[at - 1] == UInt8(ascii: "}") { return .object(members) }
      guard bytes[at - 1] == UInt8(ascii: ",") else { return nil }
    }
  }

  private static func array(_ bytes: borrowing Span<UInt8>, _ at: inout Int, depth: Int) -> LooseJSON? {
    var items: [LooseJSON] = []
    at += 1
    skipSpace(bytes, &at)
    if at < bytes.count, bytes[at] == UInt8(ascii: "]") {
      at += 1
      return .array(items)
    }
    while true {
      guard let item = value(bytes, &at, depth: depth - 1) else { return nil }
      items.append(item)
      skipSpace(bytes, &at)
      guard at < bytes.count else { return nil }
      at += 1
      if bytes[at - 1] == UInt8(ascii: "]") { return .array(items) }
      guard bytes[at - 1] == UInt8(ascii: ",") else { return nil }
    }
  }

  private static func word(_ bytes: borrowing Span<UInt8>, _ at: inout Int) -> LooseJSON? {
    let start = at
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39,
        UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
        at += 1
        continue
      default: break
      }
      break
    }
    guard at - start <= 400 else { return nil }
    let word = unsafe bytes.extracting(start..<at).withUnsafeBufferPointer {
      unsafe String(decoding: $0, as: UTF8.self)
    }
    switch word {
    case "null", "NaN", "Infinity", "-Infinity", "nan", "inf", "-inf": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    default:
      guard let first = word.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
        let number = Double(word)
      else { return nil }
      // A number too long for a Double stays its digits: seeds are told by all of them.
      if abs(number) >= 0x1p53, UInt64(word) != nil { return .text(Array(word.utf8)) }
      return number.isFinite ? .number(number) : .null
    }
  }

  private static func string(_ bytes: borrowing Span<UInt8>, _ at: inout Int) -> [UInt8]? {
    guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return nil }
    at += 1
    var text: [UInt8] = []
    var start = at
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        unsafe bytes.extracting(start..<at).withUnsafeBufferPointer { unsafe text.append(contentsOf: $0) }
        at += 1
        if byte == UInt8(ascii: "\"") { return text }
        guard escape(bytes, &at, &text) else { return nil }
        start = at
      } else {
        at += 1
      }
    }
    return nil
  }

  private static func escape(_ bytes: borrowing Span<UInt8>, _ at: inout Int, _ text: inout [UInt8]) -> Bool {
    guard at < bytes.count else { return false }
    at += 1
    switch bytes[at - 1] {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[at - 1])
    case UInt8(ascii: "u"):
      guard let unit = unit(bytes, at) else { return false }
      at += 4
      append(unit, to: &text)
    default: return false
    }
    return true
  }

  private static func unit(_ bytes: borrowing Span<UInt8>, _ at: Int) -> UInt32? {
    guard at + 4 <= bytes.count else { return nil }
    var unit: UInt32 = 0
    for index in at..<at + 4 {
      guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  /// As three bytes even for half a surrogate pair, whose other half may stand in the next delta.
  private static func append(_ unit: UInt32, to text: inout [UInt8]) {
    if unit < 0x80 {
      text.append(UInt8(unit))
    } else if unit < 0x800 {
      text.append(0xC0 | UInt8(unit >> 6))
      text.append(0x80 | UInt8(unit & 0x3F))
    } else {
      text.append(0xE0 | UInt8(unit >> 12))
      text.append(0x80 | UInt8(unit >> 6 & 0x3F))
      text.append(0x80 | UInt8(unit & 0x3F))
    }
  }
}
