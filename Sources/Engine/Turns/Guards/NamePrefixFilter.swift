/// Takes the companion's own name off the beginning of a reply, once, where the model wrote `Name:` as in a script, in bold or plain, with
/// the white space after it. What could still become the prefix is held back; nothing shown is ever taken away.
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

  private let prefixes: [[Unicode.Scalar]]
  private var stage = Stage.looking
  private var held = ""

  init(name: String) {
    let forms =
      ["\(name):"] + ["*", "**", "***", "_", "__"].flatMap { ["\($0)\(name):\($0)", "\($0)\(name)\($0):"] }
    prefixes = forms.map { Array($0.unicodeScalars) }
  }

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
      if let prefix = prefixes.first(where: { start.starts(with: $0) }) {
        let rest = String(start.dropFirst(prefix.count))
        held = ""
        stage = .behindPrefix
        return pass(rest)
      }
      if prefixes.contains(where: { $0.starts(with: start) }) { return "" }
      defer { held = "" }
      stage = .past
      return held
    }
  }

  /// The reply is over: what was held back is text after all.
  mutating func flush() -> String {
    stage = .past
    defer { held = "" }
    return held
  }
}
