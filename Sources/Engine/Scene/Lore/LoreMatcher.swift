/// How much looking is still allowed. One for a whole prompt: a book with ten thousand keys costs no more than this, whatever its keys.
struct LoreEffort {
  /// Bytes of text compared with keys, and steps of patterns: about a tenth of a second together.
  var comparisons = 64 << 20
  var steps = 4 << 20
  /// No single pattern takes all of them.
  static let mostStepsOfOne = 1 << 20
}

/// A text that keys are looked for in, in the forms that they need.
struct LoreText {
  /// The end of a longer text is what counts.
  static let longest = 64 << 10

  let exact: [UInt8]
  let folded: [UInt8]
  let scalars: [Unicode.Scalar]

  init(_ text: String) {
    var text = text
    if text.utf8.count > Self.longest {
      text = String(decoding: Array(text.utf8.suffix(Self.longest)), as: UTF8.self)
    }
    exact = Array(text.utf8)
    folded = Array(text.lowercased().utf8)
    scalars = Array(text.unicodeScalars)
  }
}

extension LorePattern {
  /// Whether it matches anywhere. All ways are followed at once, letter by letter; `effort` is what they may cost.
  func matches(_ text: LoreText, _ effort: inout LoreEffort) -> Bool {
    var left = min(effort.steps, LoreEffort.mostStepsOfOne)
    let given = left
    defer { effort.steps -= given - left }
    let letters = text.scalars
    var now = Ways(steps.count)
    var next = Ways(steps.count)
    for at in 0...letters.count {
      now.add(0, self, letters, at, &left)
      if now.hasFound { return true }
      guard left > 0 else { return false }
      guard at < letters.count else { break }
      next.removeAll()
      let letter = letters[at]
      for step in now.list {
        left -= 1
        guard case .set(let set) = steps[step], takes(set, letter) else { continue }
        next.add(step + 1, self, letters, at + 1, &left)
      }
      if next.hasFound { return true }
      swap(&now, &next)
    }
    return false
  }

  private func takes(_ set: ScalarSet, _ letter: Unicode.Scalar) -> Bool {
    if !ignoresCase || letter.properties.isCased == false { return set.contains(letter.value) }
    let plain = ScalarSet(ranges: set.ranges)
    let other = Self.otherCase(letter)
    return (plain.contains(letter.value) || plain.contains(other)) != set.isInverted
  }

  private static func otherCase(_ letter: Unicode.Scalar) -> UInt32 {
    let (lower, upper) = (letter.properties.lowercaseMapping, letter.properties.uppercaseMapping)
    let other = (String(letter) == lower ? upper : lower).unicodeScalars
    return other.count == 1 ? other.first?.value ?? letter.value : letter.value
  }

  /// The steps that may come next at one place of the text; each at most once.
  private struct Ways {
    private(set) var list: [Int] = []
    private(set) var hasFound = false
    private var isIn: [Bool]
    private var waiting: [Int] = []

    init(_ count: Int) { isIn = [Bool](repeating: false, count: count) }

    mutating func removeAll() {
      for step in list { isIn[step] = false }
      for step in passed { isIn[step] = false }
      list.removeAll(keepingCapacity: true)
      passed.removeAll(keepingCapacity: true)
      hasFound = false
    }

    /// Steps without a letter that were gone through.
    private var passed: [Int] = []

    mutating func add(
      _ step: Int, _ pattern: LorePattern, _ letters: [Unicode.Scalar], _ at: Int, _ left: inout Int
    ) {
      waiting.append(step)
      while let step = waiting.popLast() {
        guard !isIn[step] else { continue }
        isIn[step] = true
        left -= 1
        var isLetter = false
        switch pattern.steps[step] {
        case .set: isLetter = true
        case .found: hasFound = true
        case .jump(let target): waiting.append(target)
        case .split(let one, let other): waiting += [other, one]
        case .start:
          if at == 0 || pattern.isMultiline && ScalarSet.lineEnds.contains(letters[at - 1].value) {
            waiting.append(step + 1)
          }
        case .end:
          if at == letters.count || pattern.isMultiline && ScalarSet.lineEnds.contains(letters[at].value) {
            waiting.append(step + 1)
          }
        case .wordEdge: if LorePattern.isWordEdge(letters, at) { waiting.append(step + 1) }
        case .noWordEdge: if !LorePattern.isWordEdge(letters, at) { waiting.append(step + 1) }
        }
        if isLetter { list.append(step) } else { passed.append(step) }
      }
    }
  }

  fileprivate static func isWordEdge(_ letters: [Unicode.Scalar], _ at: Int) -> Bool {
    let before = at > 0 && ScalarSet.word.contains(letters[at - 1].value)
    let after = at < letters.count && ScalarSet.word.contains(letters[at].value)
    return before != after
  }
}
