/// Reads a regular expression into its parts.
struct LorePatternParser {
  private typealias Node = LorePattern.Node
  private typealias Fault = LorePattern.Fault

  private static let deepest = 40
  private static let mostTimes = 1_000

  private let letters: [Unicode.Scalar]
  private let dotMatchesAll: Bool
  private var at = 0
  private var depth = 0

  init(_ pattern: String, dotMatchesAll: Bool) {
    letters = Array(pattern.unicodeScalars)
    self.dotMatchesAll = dotMatchesAll
  }

  mutating func parse() throws(LorePattern.Fault) -> LorePattern.Node {
    let node = try choice()
    guard at == letters.count else { throw .syntax }
    return node
  }

  private var next: Unicode.Scalar? { at < letters.count ? letters[at] : nil }

  private mutating func skip(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard letters[at...].starts(with: wanted) else { return false }
    at += wanted.count
    return true
  }

  private mutating func choice() throws(Fault) -> Node {
    var choices = [try sequence()]
    while skip("|") { choices.append(try sequence()) }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  private mutating func sequence() throws(Fault) -> Node {
    var nodes: [Node] = []
    while let letter = next, letter != "|", letter != ")" { nodes.append(try repeated()) }
    return nodes.isEmpty ? .empty : .sequence(nodes)
  }

  private mutating func repeated() throws(Fault) -> Node {
    let atom = try atom()
    guard let (least, most) = try times() else { return atom }
    // A reluctant one matches where an eager one does.
    _ = skip("?")
    if try times() != nil { throw .syntax }
    switch atom {
    case .start, .end, .wordEdge, .noWordEdge: throw .syntax
    default: return .times(atom, least: least, most: most)
    }
  }

  private mutating func times() throws(Fault) -> (Int, Int?)? {
    if skip("*") { return (0, nil) }
    if skip("+") { return (1, nil) }
    if skip("?") { return (0, 1) }
    guard next == "{" else { return nil }
    let start = at
    at += 1
    guard let least = number() else {
      at = start
      return nil
    }
    var most: Int? = least
    if skip(",") { most = next == "}" ? nil : number() }
    guard skip("}") else {
      at = start
      return nil
    }
    guard least <= Self.mostTimes, most ?? least <= Self.mostTimes else { throw .tooLarge }
    guard most ?? least >= least else { throw .syntax }
    return (least, most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let digit = next.flatMap({ Character($0).wholeNumberValue }), next?.isASCII == true {
      value = min((value ?? 0) * 10 + digit, Self.mostTimes + 1)
      at += 1
    }
    return value
  }

  private mutating func atom() throws(Fault) -> Node {
    guard let letter = next else { throw .syntax }
    at += 1
    switch letter {
    case "(": return try group()
    case "[": return .set(try set())
    case ".": return .set(dotMatchesAll ? .all : ScalarSet.lineEnds.inverted)
    case "^": return .start
    case "$": return .end
    case "\\": return try escape()
    case "*", "+", "?": throw .syntax
    // A brace that counts nothing is itself, as it is in browsers.
    default: return .set(.one(letter))
    }
  }

  private mutating func group() throws(Fault) -> Node {
    if skip("?:") {
    } else if skip("?=") || skip("?!") || skip("?<=") || skip("?<!") {
      throw .unsupported
    } else if skip("?<") {
      while let letter = next, letter != ">" {
        at += letter == ")" ? 0 : 1; if letter == ")" { throw .syntax }
      }
      guard skip(">") else { throw .syntax }
    } else if next == "?" {
      throw .unsupported
    }
    guard depth < Self.deepest else { throw .tooLarge }
    depth += 1
    let node = try choice()
    depth -= 1
    guard skip(")") else { throw .syntax }
    return node
  }

  private mutating func escape() throws(Fault) -> Node {
    guard let letter = next else { throw .syntax }
    switch letter {
    case "b":
      at += 1
      return .wordEdge
    case "B":
      at += 1
      return .noWordEdge
    // What was matched before.
    case "1"..."9", "k": throw .unsupported
    default: return .set(try escapedSet())
    }
  }

  /// Behind a backslash, in a class or outside.
  private mutating func escapedSet() throws(Fault) -> ScalarSet {
    guard let letter = next else { throw .syntax }
    at += 1
    switch letter {
    case "d": return .digits
    case "D": return ScalarSet.digits.inverted
    case "w": return .word
    case "W": return ScalarSet.word.inverted
    case "s": return .space
    case "S": return ScalarSet.space.inverted
    case "n": return .one("\n")
    case "r": return .one("\r")
    case "t": return .one("\t")
    case "v": return .one("\u{0B}")
    case "f": return .one("\u{0C}")
    case "0": return .one("\0")
    case "b": return .one("\u{08}")
    case "x": return .one(try scalar(digits: 2))
    case "u":
      guard skip("{") else { return .one(try scalar(digits: 4)) }
      let start = at
      while next.map({ Character($0).isHexDigit }) == true { at += 1 }
      let text = letters[start..<at].reduce(into: "") { $0.unicodeScalars.append($1) }
      guard skip("}"), let scalar = UInt32(text, radix: 16).flatMap(Unicode.Scalar.init) else {
        throw .syntax
      }
      return .one(scalar)
    case "p", "P": throw .unsupported
    default: return .one(letter)
    }
  }

  private mutating func scalar(digits: Int) throws(Fault) -> Unicode.Scalar {
    guard at + digits <= letters.count else { throw .syntax }
    let text = letters[at..<(at + digits)].reduce(into: "") { $0.unicodeScalars.append($1) }
    guard let scalar = UInt32(text, radix: 16).flatMap(Unicode.Scalar.init) else { throw .syntax }
    at += digits
    return scalar
  }

  private mutating func set() throws(Fault) -> ScalarSet {
    var result = ScalarSet()
    let isInverted = skip("^")
    while let letter = next, letter != "]" {
      let first = try member()
      guard next == "-", at + 1 < letters.count, letters[at + 1] != "]", let low = first.single else {
        result.ranges += first.plainRanges
        continue
      }
      at += 1
      let last = try member()
      guard let high = last.single else {
        result.ranges += first.plainRanges + [0x2D...0x2D] + last.plainRanges
        continue
      }
      guard low <= high else { throw .syntax }
      result.ranges.append(low...high)
    }
    guard skip("]") else { throw .syntax }
    result.isInverted = isInverted
    return result
  }

  private mutating func member() throws(Fault) -> ScalarSet {
    guard let letter = next else { throw .syntax }
    at += 1
    return letter == "\\" ? try escapedSet() : .one(letter)
  }
}

extension ScalarSet {
  fileprivate var single: UInt32? {
    guard !isInverted, ranges.count == 1, ranges[0].count == 1 else { return nil }
    return ranges[0].lowerBound
  }
}
