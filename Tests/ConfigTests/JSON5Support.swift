import Base
import Config
import FoundationEssentials

/// A tree without places, for comparing two readers.
indirect enum Plain: Equatable, Decodable, CustomStringConvertible {
  case null, bool(Bool), number(Double), text(String), list([Plain]), object([String: Plain])

  init(_ node: Node) {
    switch node.value {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .number(let value): self = .number(value)
    case .text(let value): self = .text(value)
    case .list(let items): self = .list(items.map(Plain.init))
    case .object(let members):
      self = .object(Dictionary(uniqueKeysWithValues: members.map { ($0.name, Plain($0.value)) }))
    }
  }

  struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: Name.self) {
      var members: [String: Plain] = [:]
      for key in keyed.allKeys { members[key.stringValue] = try keyed.decode(Plain.self, forKey: key) }
      self = .object(members)
    } else if var list = try? decoder.unkeyedContainer() {
      var items: [Plain] = []
      while !list.isAtEnd { items.append(try list.decode(Plain.self)) }
      self = .list(items)
    } else {
      let single = try decoder.singleValueContainer()
      if single.decodeNil() {
        self = .null
      } else if let value = try? single.decode(Bool.self) {
        self = .bool(value)
      } else if let value = try? single.decode(Double.self) {
        self = .number(value)
      } else {
        self = .text(try single.decode(String.self))
      }
    }
  }

  /// NaN equals NaN here: the question is whether two readers read the same.
  static func == (a: Plain, b: Plain) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b || (a.isNaN && b.isNaN)
    case (.text(let a), .text(let b)): Array(a.utf8) == Array(b.utf8)
    case (.list(let a), .list(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    default: false
    }
  }

  var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): value.debugDescription
    case .list(let items): "\(items)"
    case .object(let members): "\(members.sorted { $0.key < $1.key })"
    }
  }
}

/// nil when the reader refuses.
func ours(_ bytes: [UInt8]) -> Plain? {
  guard let document = try? JSON5Reader.read(bytes, file: "test"), document.duplicates.isEmpty else {
    return nil
  }
  return Plain(document.root)
}

/// nil when Foundation refuses. Only ask it about what our reader took: it traps on `1e+`, and on a number at
/// the very end of its input it reads on beyond (hence the line end, which changes no meaning).
func foundation(_ bytes: [UInt8]) -> Plain? {
  let decoder = JSONDecoder()
  decoder.allowsJSON5 = true
  return try? decoder.decode(Plain.self, from: Data(bytes + [0x0A]))
}

/// Writes random JSON5 in every spelling both readers ought to agree on.
struct JSON5Writer {
  var generator: RandomSource
  private var text = ""

  init(_ generator: RandomSource) { self.generator = generator }

  mutating func document() -> String {
    text = ""
    space()
    value(depth: 0)
    space()
    return text
  }

  private mutating func one(_ choices: [String]) { text += choices.randomElement(using: &generator) ?? "" }

  private mutating func space() {
    guard Int.random(in: 0..<3, using: &generator) == 0 else { return }
    one([" ", "\t", "\n", "\r\n", "\r", "\u{0B}", "\u{0C}", "// é: \"[{\n", "/* * / ' */", "/**/", "  \n  "])
  }

  private mutating func value(depth: Int) {
    switch Int.random(in: 0..<(depth > 5 ? 6 : 10), using: &generator) {
    case 0: one(["true", "false", "null"])
    case 1, 2: number()
    case 3, 4, 5: quoted()
    case 6, 7: list(depth)
    default: object(depth)
    }
  }

  private mutating func number() {
    one(["", "-", "+"])
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: text += "0x" + String(UInt64.random(in: 0...1 << 53, using: &generator), radix: 16)
    case 1: text += ".\(Int.random(in: 0..<100_000, using: &generator))"
    case 2: text += "\(Int.random(in: 0..<100_000, using: &generator))."
    case 3: text += "\(Double.random(in: 0..<1e9, using: &generator))"
    case 4:
      text +=
        "\(Int.random(in: 0..<1000, using: &generator)).25e\(Int.random(in: -30..<30, using: &generator))"
    default: text += "\(Int.random(in: 0...1 << 53, using: &generator))"
    }
  }

  private mutating func quoted() {
    let quote = Bool.random(using: &generator) ? "\"" : "'"
    text += quote
    for _ in 0..<Int.random(in: 0..<8, using: &generator) {
      one([
        "a", "word ", "é", "漢", "😀", quote == "'" ? "\"" : "'", "\\\(quote)", "\\n", "\\t", "\\r", "\\b",
        "\\f",
        "\\\\", "\\/", "\\u00e9", "\\ud83d\\ude00", "\\x41", "//", "/*", "{", "]", ",", "\u{2028}", "\u{7F}",
      ])
    }
    text += quote
  }

  private mutating func list(_ depth: Int) {
    text += "["
    let count = Int.random(in: 0..<4, using: &generator)
    for index in 0..<count {
      space()
      value(depth: depth + 1)
      space()
      if index + 1 < count || Bool.random(using: &generator) { text += "," }
    }
    space()
    text += "]"
  }

  private mutating func object(_ depth: Int) {
    text += "{"
    let count = Int.random(in: 0..<4, using: &generator)
    for index in 0..<count {
      space()
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: text += "\"\(index) any\\u0041\""
      case 1: text += "'\(index)/x'"
      default: text += "$n_\(index)é"
      }
      space()
      text += ":"
      space()
      value(depth: depth + 1)
      space()
      if index + 1 < count || Bool.random(using: &generator) { text += "," }
    }
    space()
    text += "}"
  }
}
