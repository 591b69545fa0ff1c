import Base

/// Lines as a client may send them, and as a broken or hostile one may: valid at first, then spoilt a little.
struct LineGenerator {
  private(set) var random: RandomSource

  init(seed: UInt64) { random = .seeded(seed) }

  mutating func line() -> [UInt8] {
    var bytes = Array(message().utf8)
    // Half of them stay whole.
    if below(2) == 0 { return bytes }
    for _ in 0...below(3) { mutate(&bytes) }
    return bytes
  }

  private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
  private mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

  private mutating func message() -> String {
    switch below(60) {
    case 1...5:
      return "[" + (0..<below(4)).map { _ in envelope() }.joined(separator: pick([",", " , "])) + "]"
    case 6...10: return value(depth: 0)
    case 0: return nested()
    default: return envelope()
    }
  }

  private mutating func envelope() -> String {
    var members: [String] = []
    if below(20) > 0 { members.append("\"jsonrpc\":" + (below(8) > 0 ? "\"2.0\"" : pick(Self.versions))) }
    if below(5) > 0 { members.append("\"id\":" + id()) }
    if below(4) > 0 { members.append("\"method\":" + (below(8) > 0 ? "\"ping\"" : pick(Self.methods))) }
    if below(2) == 0 {
      members.append("\"params\":" + pick([object(depth: 1), array(depth: 1), "null", "3"]))
    }
    if below(4) == 0 { members.append("\"result\":" + value(depth: 1)) }
    if below(6) == 0 { members.append("\"error\":" + object(depth: 1)) }
    if below(6) == 0 { members.append(string() + ":" + value(depth: 1)) }
    if below(15) == 0, let again = members.randomElement(using: &random) { members.append(again) }
    members.shuffle(using: &random)
    return "{" + members.joined(separator: pick([",", ", ", "\t,\r\n"])) + pick(["}", " }", "} "])
  }

  private static let ids =
    [
      "1", "0", "-5", "\"a\"", "\"\"", "null", "true", "1.5", "1e2", "9007199254740991", "9007199254740992",
      "-9007199254740991", "123456789012345678901234567890", "\"\\u0031\"", "[]", "{}", "\"\\ud800\"",
    ] + [127, 128, 129].map { "\"" + String(repeating: "i", count: $0) + "\"" }

  private static let versions = ["\"2.0\"", " \"2.0\" ", "\"1.0\"", "2.0", "null", "\"2\\u002e0\""]
  private static let methods = ["\"settings.set\"", "\"pi\\u006eg\"", "\"\"", "7", "null"]

  private mutating func id() -> String { below(2) == 0 ? "\(below(100))" : pick(Self.ids) }

  private mutating func value(depth: Int) -> String {
    if depth > 4 { return number() }
    return switch below(9) {
    case 0: object(depth: depth + 1)
    case 1: array(depth: depth + 1)
    case 2: number()
    case 3: "true"
    case 4: "false"
    case 5: "null"
    default: string()
    }
  }

  private mutating func object(depth: Int) -> String {
    "{"
      + (0..<below(4)).map { _ in string() + pick([":", " : "]) + value(depth: depth) }.joined(separator: ",")
      + "}"
  }

  private mutating func array(depth: Int) -> String {
    "[" + (0..<below(4)).map { _ in value(depth: depth) }.joined(separator: ",") + "]"
  }

  private static let numbers = [
    "0", "-0", "1", "-1", "42", "3.25", "-0.5", "1e3", "1E+3", "2.5e-3", "9223372036854775807",
    "-9223372036854775808", "9223372036854775808", "1e308", "1e309", "1e-400", "0.1", "00", "01", "1.", ".5",
    "+1", "-", "1e", "0x10", "NaN", "Infinity", "1_000", "12345678901234567890123",
  ]

  private mutating func number() -> String { pick(Self.numbers) }

  private static let parts = [
    "a", "bc", "id", "method", "params", "jsonrpc", "é", "漢", "👩‍🚀", "\\n", "\\\"", "\\\\", "\\/", "\\u0041",
    "\\u00e9", "\\ud83d\\ude00", "\\ud83d", "\\ude00", "\\ud83d\\ud83d", "\\u000", "\\x41", "\\u0000", " ",
    "\u{7F}",
    "\u{FEFF}", "\u{2028}", "{", "]", ":", ",",
  ]

  private mutating func string() -> String {
    // Broken pieces are rare, or no line would be whole.
    return "\""
      + (0..<below(4)).map { _ in Self.parts[below(below(8) == 0 ? Self.parts.count : 14)] }.joined() + "\""
  }

  private mutating func nested() -> String {
    let depth = pick([1, 5, 62, 63, 64, 65, 66, 100, 300])
    let isObject = below(2) == 0
    let open = isObject ? "{\"a\":" : "["
    let close = isObject ? "}" : "]"
    return String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth - below(2))
  }

  private static let bytes = Array("\"{}[],:\\ 0-.eEtfn".utf8) + [0, 0x80, 0xC0, 0xED, 0xFF]
  private static let splinters: [[UInt8]] = [
    [0xEF, 0xBB, 0xBF], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
    Array("\\ud800".utf8), Array("\\u".utf8), [0x00], [0x1F], [0x0B], [0xC2, 0xA0],
  ]

  private mutating func mutate(_ bytes: inout [UInt8]) {
    let at = below(bytes.count + 1)
    switch below(8) {
    case 0: if at < bytes.count { bytes[at] = UInt8(below(256)) }
    case 1: if at < bytes.count { bytes[at] ^= 1 << UInt8(below(8)) }
    case 2: bytes.removeSubrange(at...)
    case 3: bytes.insert(pick(Self.bytes), at: at)
    case 4: if at < bytes.count { bytes.remove(at: at) }
    case 5:
      let end = min(bytes.count, at + below(20))
      bytes.insert(contentsOf: bytes[at..<end], at: below(bytes.count + 1))
    case 6:
      bytes.insert(
        contentsOf: pick(Self.splinters), at: at)
    default:
      if at < bytes.count { bytes.swapAt(at, below(bytes.count)) }
    }
  }
}
