/// What a text from a word's beginning on is, of the things that models say of themselves.
enum BoilerplatePhrase: Hashable {
  case none, beginning
  /// Goes up to its comma, or to the end of its sentence.
  case clause
  /// Goes whole.
  case sentence
  /// Only the phrase goes; so many scalars at the text's end belong to what comes after.
  case before(Int)

  /// `text` grows by a scalar at a time, and is asked about until it is one thing or the other.
  init(_ text: Substring, beginsSentence: Bool) {
    guard let first = text.unicodeScalars.first, Self.initials.contains(first) else {
      self = .none
      return
    }
    let folded = Self.folded(text)
    var best = Self.likeness(folded, Self.clauses, whole: .clause, goesOnWith: Self.makers, orSpeaks: true)
    if beginsSentence, best == .none || best == .beginning {
      for other in [
        Self.likeness(folded, Self.openings, whole: .clause, goesOnWith: [], orSpeaks: false),
        Self.likeness(
          folded, Self.sentences, whole: .sentence, goesOnWith: Self.makers + Self.links, orSpeaks: false),
      ] where other != .none {
        if best == .none || other != .beginning { best = other }
      }
    }
    self = best
  }

  static let initials: Set<Unicode.Scalar> = ["a", "A", "b", "B", "i", "I"]

  private static let models = [
    "ai language model", "ai model", "ai assistant", "ai chatbot", "ai text-based model",
    "large language model",
    "language model", "artificial intelligence language model", "artificial intelligence model",
    "artificial intelligence assistant", "ai system",
  ]

  /// Said in passing, anywhere in a sentence.
  private static let clauses: [String] = models.flatMap { model in
    ["as a \(model)", "as an \(model)", "being a \(model)", "being an \(model)"]
  }

  /// Too short to be meant so anywhere but before a comma, and first in a sentence.
  private static let openings = ["as an ai", "as an artificial intelligence"]

  private static let sentences: [String] = ["i am", "i'm", "i am just", "i'm just", "i am only", "i'm only"]
    .flatMap {
      begin in
      models.flatMap { ["\(begin) a \($0)", "\(begin) an \($0)"] } + ["\(begin) an ai"]
    }

  /// What goes on with the phrase itself: an "AI model trainer" is somebody else.
  private static let makers = ["developed", "created", "trained", "designed", "built", "made", "powered"]
  private static let links = ["and", "so", "but", "without", "not", "here", "who", "that", "which"]
  /// Begins what the phrase was only put in front of.
  private static let speakers = ["i", "i'm", "i'd", "i've", "my"]

  private static func likeness(
    _ text: String, _ phrases: [String], whole: BoilerplatePhrase, goesOnWith words: [String], orSpeaks: Bool
  ) -> BoilerplatePhrase {
    var best = BoilerplatePhrase.none
    for phrase in phrases {
      if phrase.hasPrefix(text) {
        best = .beginning
        continue
      }
      guard text.hasPrefix(phrase) else { continue }
      let tail = text.dropFirst(phrase.count)
      if let mark = tail.first, ",.!?…\n".contains(mark) { return whole }
      guard tail.first == " " else { continue }
      let word = tail.dropFirst()
      if let end = word.last, end == " " || ",.!?…".contains(end) {
        let said = String(word.dropLast())
        if words.contains(said) { return whole }
        if orSpeaks, speakers.contains(said) { return .before(word.unicodeScalars.count) }
      } else if (words + (orSpeaks ? speakers : [])).contains(where: { $0.hasPrefix(word) }) {
        best = .beginning
      }
    }
    return best
  }

  /// In small letters, with plain apostrophes and single spaces.
  private static func folded(_ text: Substring) -> String {
    var folded = ""
    for scalar in text.unicodeScalars {
      if scalar.properties.isWhitespace, scalar != "\n" {
        if folded.last != " " { folded.append(" ") }
      } else if scalar == "’" {
        folded.append("'")
      } else {
        folded += scalar.properties.lowercaseMapping
      }
    }
    return folded
  }
}
