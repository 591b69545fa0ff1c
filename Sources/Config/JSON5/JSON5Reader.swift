import Base

/// Reads JSON5 (json5.org, 1.0.0) into a tree that knows where everything stands.
///
/// Foundation reads JSON5 too, but its errors have no line and it lets a key stand twice. Where we are stricter
/// than the specification: a name given twice in an object, control characters written raw in text, and half
/// surrogate pairs are refused. A syntax error ends the reading; duplicates are gathered.
///
/// A value type used by one caller at a time; recursion is bounded by `maxDepth`.
package struct JSON5Reader {
  /// A configuration is written by hand; anything larger is the wrong file.
  package static let maxBytes = 1 << 20
  /// As deep as a request may nest; the reader recurses.
  package static let maxDepth = 64

  package struct Document: Sendable {
    package let root: Node
    package let duplicates: [Problem]
  }

  let bytes: [UInt8]
  let file: String
  var at = 0
  /// The names and indices on the way to what is being read; an error carries it.
  var path: [String] = []
  private var depth = 0
  private var duplicates: [Problem] = []
  /// How far lines and columns have been counted. They are asked for in the order of the text, so all of them
  /// together cost one pass, even when the file is a single line.
  private var counted = (offset: 0, line: 1, column: 1)

  private init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// `file` is only used to name sources. Throws the first syntax error.
  package static func read(_ bytes: [UInt8], file: String) throws(Problem) -> Document {
    var reader = JSON5Reader(bytes, file: file)
    try reader.checkEncoding()
    try reader.skipSpace()
    if reader.at == bytes.count {
      throw reader.wrong(
        expected: "an object", found: "an empty file",
        suggestion: "write {} for no settings, or remove the file")
    }
    let root = try reader.readValue()
    try reader.skipSpace()
    if reader.at < bytes.count {
      throw reader.wrong(
        expected: "nothing after the value", suggestion: "check that every bracket before has its partner")
    }
    return Document(root: root, duplicates: reader.duplicates)
  }

  // MARK: Values

  mutating func readValue() throws(Problem) -> Node {
    guard let byte = peek() else { throw wrong(expected: "a value") }
    switch byte {
    case UInt8(ascii: "{"): return try readObject()
    case UInt8(ascii: "["): return try readList()
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      let source = here()
      return Node(.text(try readText()), source)
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"):
      let source = here()
      return Node(.number(try readNumber()), source)
    default: return try readWord()
    }
  }

  private mutating func readObject() throws(Problem) -> Node {
    let opened = try enter()
    var members: [Node.Member] = []
    var seen: [String: Source] = [:]
    while true {
      try skipSpace()
      if take("}") { break }
      let source = here()
      let name = try readName(opened: opened)
      let first = seen[name]
      if let first, duplicates.count < ProblemList.most { reportDuplicate(name, source, first: first) }
      path.append(name)
      try skipSpace()
      guard take(":") else {
        throw wrong(
          expected: "':' after the name \(Quoting.quoted(name))",
          suggestion: peek() == UInt8(ascii: "=")
            ? "write ':' instead of '='" : "a name and its value are written name: value")
      }
      try skipSpace()
      let value = try readValue()
      path.removeLast()
      if first == nil {
        seen[name] = source
        members.append(Node.Member(name: name, source: source, value: value))
      }
      try skipSpace()
      if !take(","), peek() != UInt8(ascii: "}") { throw unclosed("}", opened) }
    }
    depth -= 1
    return Node(.object(members), opened)
  }

  private mutating func readList() throws(Problem) -> Node {
    let opened = try enter()
    var items: [Node] = []
    while true {
      try skipSpace()
      if take("]") { break }
      if at == bytes.count { throw unclosed("]", opened) }
      path.append("[\(items.count)]")
      items.append(try readValue())
      path.removeLast()
      try skipSpace()
      if !take(","), peek() != UInt8(ascii: "]") { throw unclosed("]", opened) }
    }
    depth -= 1
    return Node(.list(items), opened)
  }

  private mutating func enter() throws(Problem) -> Source {
    let opened = here()
    depth += 1
    if depth > Self.maxDepth {
      throw wrong(
        expected: "at most \(Self.maxDepth) brackets inside one another", found: "one more",
        suggestion: "no setting needs more than a few; look for a bracket that was never closed")
    }
    at += 1
    return opened
  }

  /// true, false, null, Infinity, NaN; and help for what people write instead. Unquoted text is never echoed
  /// beyond its first character: it may be a key.
  private mutating func readWord() throws(Problem) -> Node {
    let source = here()
    var end = at
    while end < bytes.count, isASCIIWordPart(bytes[end]) { end += 1 }
    let word = String(decoding: bytes[at..<end], as: UTF8.self)
    let value: Node.Value
    switch word {
    case "true": value = .bool(true)
    case "false": value = .bool(false)
    case "null": value = .null
    case "Infinity": value = .number(.infinity)
    case "NaN": value = .number(.nan)
    default:
      if let meant = Self.otherSpellings[word.lowercased()] {
        throw wrong(expected: "a value", found: word, suggestion: "did you mean \(meant)?")
      }
      throw wrong(expected: "a value", suggestion: word.isEmpty ? nil : "put text in quotes")
    }
    at = end
    return Node(value, source)
  }

  private static let otherSpellings = [
    "true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false",
    "null": "null", "nil": "null", "none": "null", "undefined": "null",
  ]

  // MARK: Errors and places

  private mutating func reportDuplicate(_ name: String, _ source: Source, first: Source) {
    let before = if case .file(_, let position?) = first { " at \(position)" } else { "" }
    duplicates.append(
      Problem(
        source, path: Self.joined(path + [name]), expected: "each name once in an object",
        found: "\(Quoting.quoted(name)) again; the first is\(before)",
        suggestion: "remove one of the two, or make them one"))
  }

  mutating func unclosed(_ bracket: String, _ opened: Source) -> Problem {
    let place = if case .file(_, let position?) = opened { "the bracket opened at \(position)" } else { "it" }
    if at == bytes.count {
      return wrong(
        expected: "'\(bracket)' to close \(place)", suggestion: "add the missing '\(bracket)' where it ends")
    }
    return wrong(expected: "',' or '\(bracket)'", suggestion: "a comma may be missing after the value before")
  }

  /// A problem where the reader stands.
  mutating func wrong(expected: String, found: String? = nil, suggestion: String? = nil) -> Problem {
    Problem(
      here(), path: Self.joined(path), expected: expected, found: found ?? foundHere(),
      suggestion: suggestion ?? hintHere())
  }

  static func joined(_ path: [String]) -> String {
    var text = ""
    for step in path {
      if !text.isEmpty, !step.hasPrefix("[") { text += "." }
      text += Quoting.name(step)
    }
    return text
  }

  mutating func here() -> Source {
    while counted.offset < at {
      let byte = bytes[counted.offset]
      counted.offset += 1
      let next = counted.offset < bytes.count ? bytes[counted.offset] : 0
      if byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && next != UInt8(ascii: "\n")) {
        counted.line += 1
        counted.column = 1
      } else if byte & 0xC0 != 0x80 {
        counted.column += 1
      }
    }
    return .file(file, Position(line: counted.line, column: counted.column))
  }
}
