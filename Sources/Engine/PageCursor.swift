/// A list's place as clients see it: a word to hand back, whose inside is nobody's concern.
enum PageCursor {
  static func text(_ position: Int64) -> String { "p" + String(position, radix: 36) }

  static func position(_ cursor: String?) throws(EngineError) -> Int64? {
    guard let cursor else { return nil }
    guard cursor.hasPrefix("p"), let position = Int64(cursor.dropFirst(), radix: 36), position > 0 else {
      throw .invalid(path: "cursor", expected: "a cursor that `next` gave")
    }
    return position
  }
}
