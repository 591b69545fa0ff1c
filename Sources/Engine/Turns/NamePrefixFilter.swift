/// Takes the companion's own name off the beginning of a reply, once, where the model wrote `Name:` as in a script. What could still become
/// the prefix is held back; nothing shown is ever taken away.
struct NamePrefixFilter: Sendable {
  private let prefix: String
  private var held = ""
  private var isPast = false

  init(name: String) { prefix = name + ":" }

  mutating func pass(_ piece: String) -> String {
    if isPast { return piece }
    held += piece
    let start = held.drop(while: \.isWhitespace)
    if start.isEmpty || (start.count < prefix.count && prefix.hasPrefix(start)) { return "" }
    isPast = true
    let text = start.hasPrefix(prefix) ? start.dropFirst(prefix.count).drop(while: \.isWhitespace) : held[...]
    held = ""
    if text.isEmpty {
      // The prefix came alone: the space after it may come with the next piece.
      isPast = false
      return ""
    }
    return String(text)
  }

  /// The reply is over: what was held back is text after all.
  mutating func flush() -> String {
    isPast = true
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
