/// A regular expression of a stranger's, in the dialect of browsers, made into a small program that never goes back: what it costs grows
/// with the text times the program, whatever the pattern.
///
/// That is why there is neither looking around nor naming what was matched before: such a pattern is refused, and its entry never matches.
struct LorePattern: Sendable {
  enum Fault: Error, Hashable {
    /// Not a regular expression.
    case syntax
    /// One that cannot be matched without going back.
    case unsupported
    case tooLarge
  }

  indirect enum Node {
    case empty
    case set(ScalarSet)
    case start, end, wordEdge, noWordEdge
    case sequence([Node])
    case choice([Node])
    case times(Node, least: Int, most: Int?)
  }

  enum Step: Sendable {
    case set(ScalarSet)
    case start, end, wordEdge, noWordEdge
    case split(Int, Int)
    case jump(Int)
    case found
  }

  static let longest = 2_000
  static let mostSteps = 4_000

  let steps: [Step]
  let isMultiline: Bool
  let ignoresCase: Bool

  /// `flags` as behind the second slash; those that say how to search on (`g`, `y`, `u`, `v`, `d`) change nothing here.
  init(_ pattern: String, flags: String = "") throws(Fault) {
    guard pattern.utf8.count <= Self.longest else { throw .tooLarge }
    guard flags.allSatisfy({ "dgimsuvy".contains($0) }) else { throw .syntax }
    ignoresCase = flags.contains("i")
    isMultiline = flags.contains("m")
    var parser = LorePatternParser(pattern, dotMatchesAll: flags.contains("s"))
    var program: [Step] = []
    try Self.emit(try parser.parse(), into: &program)
    program.append(.found)
    steps = program
  }

  /// Between slashes, with flags; nil when a key is no such thing.
  static func slashed(_ key: String) -> (pattern: String, flags: String)? {
    guard key.count > 2, key.hasPrefix("/"), let last = key.lastIndex(of: "/"), last != key.startIndex else {
      return nil
    }
    let flags = key[key.index(after: last)...]
    let pattern = key[key.index(after: key.startIndex)..<last]
    guard !pattern.isEmpty, flags.allSatisfy({ "dgimsuvy".contains($0) }) else { return nil }
    return (String(pattern), String(flags))
  }

  private static func emit(_ node: Node, into program: inout [Step]) throws(Fault) {
    guard program.count < mostSteps else { throw .tooLarge }
    switch node {
    case .empty: break
    case .set(let set): program.append(.set(set))
    case .start: program.append(.start)
    case .end: program.append(.end)
    case .wordEdge: program.append(.wordEdge)
    case .noWordEdge: program.append(.noWordEdge)
    case .sequence(let nodes): for node in nodes { try emit(node, into: &program) }
    case .choice(let nodes): try emit(choice: nodes, into: &program)
    case .times(let node, let least, let most): try emit(node, least, most, into: &program)
    }
  }

  private static func emit(choice nodes: [Node], into program: inout [Step]) throws(Fault) {
    var ends: [Int] = []
    for (index, node) in nodes.enumerated() {
      guard index < nodes.count - 1 else {
        try emit(node, into: &program)
        break
      }
      let split = program.count
      program.append(.split(split + 1, 0))
      try emit(node, into: &program)
      ends.append(program.count)
      program.append(.jump(0))
      program[split] = .split(split + 1, program.count)
    }
    for end in ends { program[end] = .jump(program.count) }
  }

  private static func emit(_ node: Node, _ least: Int, _ most: Int?, into program: inout [Step]) throws(Fault)
  {
    // Which one of several ways is taken does not matter: only whether there is one.
    for _ in 0..<least { try emit(node, into: &program) }
    guard let most else {
      let split = program.count
      program.append(.split(split + 1, 0))
      try emit(node, into: &program)
      program.append(.jump(split))
      program[split] = .split(split + 1, program.count)
      return
    }
    var splits: [Int] = []
    for _ in least..<max(least, most) {
      splits.append(program.count)
      program.append(.split(program.count + 1, 0))
      try emit(node, into: &program)
    }
    for split in splits { program[split] = .split(split + 1, program.count) }
  }
}

/// Which letters a step takes.
struct ScalarSet: Sendable {
  var ranges: [ClosedRange<UInt32>] = []
  var isInverted = false

  func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } != isInverted }

  static func one(_ scalar: Unicode.Scalar) -> ScalarSet { ScalarSet(ranges: [scalar.value...scalar.value]) }
  static let digits = ScalarSet(ranges: [0x30...0x39])
  static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let space = ScalarSet(ranges: [
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
    0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
  ])
  static let lineEnds = ScalarSet(ranges: [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
  static let all = ScalarSet(isInverted: true)

  var inverted: ScalarSet {
    var set = self
    set.isInverted.toggle()
    return set
  }

  /// The same letters as ranges that can be put beside others.
  var plainRanges: [ClosedRange<UInt32>] {
    guard isInverted else { return ranges }
    var result: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
      next = max(next, range.upperBound + 1)
    }
    if next <= 0x10FFFF { result.append(next...0x10FFFF) }
    return result
  }
}
