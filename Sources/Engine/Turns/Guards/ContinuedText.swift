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
