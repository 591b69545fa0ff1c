import Store

/// A place in a list of matches as clients see it: a word to hand back, good for the order it came from.
enum SearchCursor {
  static func text(_ row: Int64) -> String { "r" + String(row, radix: 36) }

  static func text(_ place: BestPlace) -> String {
    "b" + [place.newest, place.score, place.row].map { String($0, radix: 36) }.joined(separator: ".")
  }

  static func row(_ cursor: String?) throws(EngineError) -> Int64? {
    guard let cursor else { return nil }
    guard cursor.hasPrefix("r"), let row = Int64(cursor.dropFirst(), radix: 36), row > 0 else {
      throw unknown
    }
    return row
  }

  static func place(_ cursor: String?) throws(EngineError) -> BestPlace? {
    guard let cursor else { return nil }
    let numbers = cursor.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
      .compactMap { Int64($0, radix: 36) }
    guard cursor.hasPrefix("b"), numbers.count == 3, numbers.allSatisfy({ $0 >= 0 }) else { throw unknown }
    return BestPlace(newest: numbers[0], score: numbers[1], row: numbers[2])
  }

  private static var unknown: EngineError {
    .invalid(path: "cursor", expected: "a cursor that `next` gave for this order")
  }
}
