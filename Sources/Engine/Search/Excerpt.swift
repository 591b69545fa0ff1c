import Model
import Store

/// A message as a search shows it.
enum Excerpt {
  /// Bytes before the first match, and of the whole.
  static let before = 80
  static let longest = 320
  /// Texts above this are left out of the message, as events do.
  static let longestText = 4096

  static func match(_ found: Message, _ query: SearchQuery) -> SearchMatch {
    let text = found.text
    let places = query.matches(in: text)
    let bytes = text.utf8
    let from = start(in: text, before: places.first?.lowerBound ?? 0)
    var end = bytes.index(bytes.startIndex, offsetBy: min(bytes.count, from + longest))
    while end != text.endIndex, end.samePosition(in: text.unicodeScalars) == nil {
      end = bytes.index(before: end)
    }
    let begin = bytes.index(bytes.startIndex, offsetBy: from)
    let length = bytes.distance(from: begin, to: end)
    let highlights = places.compactMap { place -> SearchMatch.Highlight? in
      guard place.lowerBound - from < length, place.lowerBound >= from else { return nil }
      return SearchMatch.Highlight(from: place.lowerBound - from, to: min(place.upperBound - from, length))
    }
    var message = found
    let isLong = bytes.count > longestText
    if isLong { message.parts = [] }
    return SearchMatch(
      message: message, excerpt: String(text[begin..<end]), from: from, highlights: highlights,
      cut: isLong ? true : nil)
  }

  /// A little before the match, at the beginning of a word where there is one.
  private static func start(in text: String, before match: Int) -> Int {
    guard match > before else { return 0 }
    let bytes = Array(text.utf8[...text.utf8.index(text.utf8.startIndex, offsetBy: match)])
    let earliest = match - before
    if let space = (earliest..<match).first(where: { bytes[$0] == 0x20 || bytes[$0] == 0x0A }) {
      return space + 1
    }
    return (earliest..<match).first { bytes[$0] & 0xC0 != 0x80 } ?? match
  }
}
