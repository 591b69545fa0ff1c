/// Takes the companion's own name off the beginning of a reply, once, where the model wrote `Name:` as in a script, with the white space
/// after it. What could still become the prefix is held back; nothing shown is ever taken away.
///
/// It counts scalars: pieces are cut between them, and what is taken off may not depend on where.
struct NamePrefixFilter: Sendable {
  private enum Stage {
    /// What came so far may be the beginning of the prefix.
    case looking
    /// The prefix was taken off; white space behind it goes, too.
    case behindPrefix
    case past
  }

  private let prefix: [Unicode.Scalar]
  private var stage = Stage.looking
  private var held = ""

  init(name: String) { prefix = Array((name + ":").unicodeScalars) }

  /// Whether nothing but white space is held back.
  var isEmpty: Bool { held.unicodeScalars.allSatisfy { $0.properties.isWhitespace } }

  mutating func pass(_ piece: String) -> String {
    switch stage {
    case .past: return piece
    case .behindPrefix:
      let rest = piece.unicodeScalars.drop { $0.properties.isWhitespace }
      if !rest.isEmpty { stage = .past }
      return String(rest)
    case .looking:
      held += piece
      let start = held.unicodeScalars.drop { $0.properties.isWhitespace }
      if prefix.starts(with: start), start.count < prefix.count { return "" }
      defer { held = "" }
      guard start.starts(with: prefix) else {
        stage = .past
        return held
      }
      stage = .behindPrefix
      return pass(String(start.dropFirst(prefix.count)))
    }
  }

  /// The reply is over: what was held back is text after all.
  mutating func flush() -> String {
    stage = .past
    defer { held = "" }
    return held
  }
}

/// Puts a space between a text and what goes on with it, where both have forgotten theirs: models begin a continuation with a word.
struct ContinuedText: Sendable {
  private let last: Character?

  init(after text: String) { last = text.last }

  func joined(_ piece: String) -> String {
    guard let last, let first = piece.first, !last.isWhitespace, !first.isWhitespace,
      first.isLetter || first.isNumber, last.isLetter || last.isNumber || ".,;:!?…".contains(last)
    else { return piece }
    return " " + piece
  }
}
