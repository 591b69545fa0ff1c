/// A stretch of a text that is one word, characters of a script without spaces, or a symbol such as an emoji: folded, with
/// the place of each of its scalars in the text.
struct SearchRun: Sendable {
  enum Kind: Sendable, Equatable { case word, unspaced, symbol }

  var kind: Kind
  var scalars: [Unicode.Scalar] = []
  /// Where each of `scalars` begins in the text's UTF-8; two have the same place when one letter became two.
  var places: [Int] = []
  var end: Int

  static func runs(of text: String) -> [SearchRun] {
    var runs: [SearchRun] = []
    // The last run while it may still grow.
    var isOpen = false
    var place = 0
    for scalar in text.unicodeScalars {
      let next = place + UTF8.width(scalar)
      let last = runs.count - 1
      switch ScalarClass(scalar) {
      case .space: isOpen = false
      case .mark: if isOpen { runs[last].end = next }
      case .symbol:
        isOpen = false
        runs.append(SearchRun(kind: .symbol, scalars: [scalar], places: [place], end: next))
      case .letter(let kind):
        if isOpen, runs[last].kind == kind, runs[last].scalars.count < SearchTerms.longestRun {
          runs[last].add(scalar, at: place)
          runs[last].end = next
        } else {
          var run = SearchRun(kind: kind, end: next)
          run.add(scalar, at: place)
          runs.append(run)
          isOpen = true
        }
      }
      place = next
    }
    return runs
  }

  private mutating func add(_ scalar: Unicode.Scalar, at place: Int) {
    LetterFolding.fold(scalar) { folded in
      scalars.append(folded)
      places.append(place)
    }
  }

  /// Ranges of bytes at which a query's run is in this one: short words only as a whole, as the index has them.
  func occurrences(of term: SearchRun) -> [Range<Int>] {
    let length = term.scalars.count
    guard length <= scalars.count, length > 0 else { return [] }
    if kind == .word, length < 3, length != scalars.count { return [] }
    return (0...scalars.count - length).compactMap { start in
      guard scalars[start..<start + length].elementsEqual(term.scalars) else { return nil }
      return places[start]..<(start + length < places.count ? places[start + length] : end)
    }
  }
}

/// What a scalar is to a search.
private enum ScalarClass {
  case letter(SearchRun.Kind)
  /// Belongs to the letter before it and says nothing of its own.
  case mark
  case symbol
  case space

  init(_ scalar: Unicode.Scalar) {
    let value = scalar.value
    if value < 0x80 {
      let isLetter = (0x61...0x7A).contains(value | 0x20) || (0x30...0x39).contains(value)
      self = isLetter ? .letter(.word) : .space
      return
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber:
      self = .letter(Self.isUnspaced(value) ? .unspaced : .word)
    case .nonspacingMark, .enclosingMark:
      // Vowel signs of Thai and its neighbours make words; accents and the variation of an emoji do not.
      self = Self.isUnspaced(value) ? .letter(.unspaced) : .mark
    case .spacingMark: self = .letter(Self.isUnspaced(value) ? .unspaced : .word)
    // Skin tones follow the emoji they colour.
    case .modifierSymbol: self = .mark
    case .otherSymbol: self = .symbol
    default: self = .space
    }
  }

  /// Scripts in which words follow each other without a space: Thai, Lao, Burmese, Khmer, kana, Han, and Hangul, whose
  /// words carry their endings with them.
  private static func isUnspaced(_ value: UInt32) -> Bool {
    switch value {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3005...0x3007, 0x3031...0x3035, 0x3040...0x312F,
      0x31A0...0x31FF, 0x3400...0x9FFF, 0xA960...0xA97F, 0xAC00...0xD7FF, 0xF900...0xFAFF, 0xFF66...0xFF9F,
      0x20000...0x3FFFF:
      true
    default: false
    }
  }
}
