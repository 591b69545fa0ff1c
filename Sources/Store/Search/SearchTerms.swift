/// What the search index knows of a text: its words, the parts of its words, and for scripts that put no spaces between
/// words every character and every pair of neighbours.
///
/// Index, query and highlights all go through this reading, so what is found is what is shown. Letters are folded: case,
/// the marks of Latin and Greek letters, and full-width forms do not count.
///
/// Changing what an entry consists of makes the entries of existing vaults impossible to take back: it needs a migration
/// that empties the index and queues every message.
package enum SearchTerms {
  /// Longer runs of letters are nobody's words; they are cut, and parts across a cut are not found.
  static let longestRun = 64
  /// Before each three letters of a word, so that they are not taken for a word of three letters.
  private static let part = "\u{B7}"
  /// Before what is said of the whole entry. Neither mark is a letter or a symbol, so no text has them in a term.
  private static let mark: Character = "\u{A7}"
  /// Last in every entry: its place tells the length.
  static let end = "\u{A7}"

  static func chat(_ row: Int64) -> String { "\(mark)c\(row)" }
  static func companion(_ row: Int64) -> String { "\(mark)o\(row)" }

  /// The entry of a message. Between runs that could be mistaken for one stand terms that belong to no run.
  static func entry(_ text: String, chat: Int64, companion: Int64) -> String {
    var entry: [UInt8] = []
    entry.reserveCapacity(text.utf8.count * 7 + 32)
    for run in SearchRun.runs(of: text) {
      let count = run.scalars.count
      switch run.kind {
      case .word:
        append(run.scalars, 0..<count, to: &entry)
        guard count > 3 else { continue }
        for start in 0..<count - 2 {
          entry.append(contentsOf: part.utf8)
          append(run.scalars, start..<start + 3, to: &entry)
        }
      case .unspaced:
        if count > 1 { for start in 0..<count - 1 { append(run.scalars, start..<start + 2, to: &entry) } }
        for index in 0..<count { append(run.scalars, index..<index + 1, to: &entry) }
      case .symbol: append(run.scalars, 0..<count, to: &entry)
      }
    }
    entry.append(contentsOf: "\(Self.chat(chat)) \(Self.companion(companion)) \(end)".utf8)
    return String(decoding: entry, as: UTF8.self)
  }

  /// As bytes: put together as a string, scalar by scalar, an entry costs three times what the index takes to store it.
  private static func append(_ scalars: [Unicode.Scalar], _ range: Range<Int>, to entry: inout [UInt8]) {
    for index in range {
      let scalar = scalars[index]
      if scalar.value < 0x80 {
        entry.append(UInt8(truncatingIfNeeded: scalar.value))
      } else {
        entry.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    entry.append(UInt8(ascii: " "))
  }

  // MARK: Queries

  /// The phrases by which one run of a query is found, with what each is worth.
  static func phrases(for run: SearchRun) -> [(phrase: String, kind: Character)] {
    let scalars = run.scalars
    func text(_ range: Range<Int>) -> String {
      var text = ""
      text.unicodeScalars.append(contentsOf: scalars[range])
      return text
    }
    let whole = text(0..<scalars.count)
    switch run.kind {
    case .symbol: return [(whole, "w")]
    case .unspaced:
      guard scalars.count > 1 else { return [(whole, "w")] }
      return [((0..<scalars.count - 1).map { text($0..<$0 + 2) }.joined(separator: " "), "w")]
    case .word:
      guard scalars.count >= 3 else { return [(whole, "w")] }
      let parts = (0...scalars.count - 3).map { part + text($0..<$0 + 3) }.joined(separator: " ")
      return [(whole, "w"), (parts, "p")]
    }
  }
}

/// A query as people type it: every run of letters in it must occur, whatever stands between them means nothing.
package struct SearchQuery: Sendable {
  /// More than anybody means, and few enough to be looked up together.
  package static let mostTerms = 32

  let runs: [SearchRun]

  /// nil when there are more terms than `mostTerms`.
  package init?(_ text: String) {
    var distinct: [SearchRun] = []
    for run in SearchRun.runs(of: text)
    where !distinct.contains(where: { $0.kind == run.kind && $0.scalars == run.scalars }) {
      distinct.append(run)
    }
    guard distinct.count <= Self.mostTerms else { return nil }
    runs = distinct
  }

  /// Nothing but punctuation: nothing can match.
  package var isEmpty: Bool { runs.isEmpty }

  /// In FTS5's language. Terms consist of letters, digits and our marks alone, so quoting them is all it takes.
  func expression(chat: Int64?, companion: Int64?) -> String {
    var terms = runs.map { run in
      "(" + SearchTerms.phrases(for: run).map { "\"\($0.phrase)\"" }.joined(separator: " OR ") + ")"
    }
    if let chat { terms.append("\"\(SearchTerms.chat(chat))\"") }
    if let companion { terms.append("\"\(SearchTerms.companion(companion))\"") }
    return terms.joined(separator: " AND ")
  }

  /// What each phrase of the expression is, for `match_score`; the mark at the end comes last.
  func kinds(chat: Bool, companion: Bool) -> String {
    String(runs.flatMap { SearchTerms.phrases(for: $0).map(\.kind) })
      + (chat ? "-" : "") + (companion ? "-" : "") + "e"
  }

  /// Where the query's terms are in a text, as ranges of UTF-8 bytes in order, without overlap.
  package func matches(in text: String) -> [Range<Int>] {
    var found: [Range<Int>] = []
    for run in SearchRun.runs(of: text) {
      for term in runs where term.kind == run.kind { found += run.occurrences(of: term) }
    }
    found.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    var merged: [Range<Int>] = []
    for range in found {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }
}
