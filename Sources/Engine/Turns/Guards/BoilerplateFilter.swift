/// Takes out of a reply what models are trained to say of themselves in place of their part: "As an AI language model, I …". Of a
/// sentence that only begins so the clause goes and the rest stays; one that says nothing else goes whole, unless it is all there is.
///
/// Not for companions that are machines themselves, and not for an answer to somebody who asks whether a machine speaks: see
/// `isWanted`. What may still become such words is held back.
struct BoilerplateFilter: Sendable {
  /// A sentence that goes on for longer is shown after all.
  static let longestSentence = 600
  private static let longestClause = 160

  private enum Stage {
    case text
    /// What is held may become one of the phrases.
    case looking
    /// The phrase stands; what follows up to a comma or the sentence's end goes with it.
    case clause
    /// The whole sentence goes.
    case sentence
    /// Behind what went: white space goes too, and the next letter is a capital where it begins a sentence now.
    case behind(needsCapital: Bool)
  }

  private var stage = Stage.text
  /// A phrase's words so far, or what goes with it.
  private var held = String.UnicodeScalarView()
  /// What went while nothing was shown.
  private var dropped = ""
  private var hasShown: Bool
  private var beginsSentence: Bool
  /// Whether a word may begin here.
  private var isBetweenWords: Bool

  /// `old` is what the reply goes on with.
  init(after old: String = "") {
    hasShown = old.contains { !$0.isWhitespace }
    let last = old.unicodeScalars.last { !$0.properties.isWhitespace }
    beginsSentence = last.map(Self.endsSentence) ?? true
    isBetweenWords = old.unicodeScalars.last.map { !Self.isInWord($0) } ?? true
  }

  var isEmpty: Bool { dropped.isEmpty && held.isEmpty }

  mutating func pass(_ piece: String) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in piece.unicodeScalars { take(scalar, &shown) }
    return String(shown)
  }

  /// The reply is over: what was held back is text after all, and what went is, where nothing else came.
  mutating func flush() -> String {
    defer { (held, dropped, stage) = (.init(), "", .text) }
    switch stage {
    case .text, .looking, .behind: break
    // The phrase was the end: it went.
    case .clause, .sentence: if hasShown { return "" }
    }
    return hasShown ? String(held) : dropped + String(held)
  }

  private mutating func take(_ scalar: Unicode.Scalar, _ shown: inout String.UnicodeScalarView) {
    switch stage {
    case .text:
      guard isBetweenWords, BoilerplatePhrase.initials.contains(scalar) else { return show(scalar, &shown) }
      held.append(scalar)
      look(&shown)
    case .looking:
      held.append(scalar)
      look(&shown)
    case .clause:
      held.append(scalar)
      if scalar == "," {
        drop(needsCapital: beginsSentence)
      } else if Self.endsSentence(scalar) {
        let saidNothingElse = beginsSentence
        drop(needsCapital: false)
        // "I cannot dance as an AI language model." said something before: a dangling space would not end it.
        if !saidNothingElse {
          stage = .text
          show("…", &shown)
        }
      } else if held.count > Self.longestClause {
        release(&shown)
      }
    case .sentence:
      held.append(scalar)
      if Self.endsSentence(scalar) {
        drop(needsCapital: false)
      } else if held.count > Self.longestSentence {
        release(&shown)
      }
    case .behind(let needsCapital):
      if scalar.properties.isWhitespace || Self.endsSentence(scalar) {
        if !hasShown { dropped.unicodeScalars.append(scalar) }
        return
      }
      stage = .text
      isBetweenWords = true
      let first = needsCapital ? scalar.properties.titlecaseMapping : String(scalar)
      for scalar in first.unicodeScalars { take(scalar, &shown) }
    }
  }

  private mutating func look(_ shown: inout String.UnicodeScalarView) {
    guard let last = held.last else { return }
    switch BoilerplatePhrase(Substring(String(held)), beginsSentence: beginsSentence) {
    case .none: return release(&shown)
    case .beginning:
      stage = .looking
      return
    case .clause: stage = .clause
    case .sentence: stage = .sentence
    case .before(let word):
      let rest = held.suffix(word)
      held.removeLast(word)
      drop(needsCapital: beginsSentence)
      for scalar in rest { take(scalar, &shown) }
      return
    }
    // The last scalar is behind the phrase, and may be its end.
    held.removeLast()
    take(last, &shown)
  }

  private mutating func drop(needsCapital: Bool) {
    if !hasShown { dropped.unicodeScalars.append(contentsOf: held) }
    held = .init()
    stage = .behind(needsCapital: needsCapital)
  }

  private mutating func release(_ shown: inout String.UnicodeScalarView) {
    for scalar in held { show(scalar, &shown) }
    (held, stage) = (.init(), .text)
  }

  private mutating func show(_ scalar: Unicode.Scalar, _ shown: inout String.UnicodeScalarView) {
    shown.append(scalar)
    isBetweenWords = !Self.isInWord(scalar)
    if Self.endsSentence(scalar) {
      beginsSentence = true
    } else if !scalar.properties.isWhitespace, !Self.opensSpeech(scalar) {
      beginsSentence = false
    }
    if !scalar.properties.isWhitespace { (hasShown, dropped) = (true, "") }
  }

  private static func endsSentence(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ".", "!", "?", "…", "\n": true
    default: false
    }
  }

  /// Stands before a sentence's first word without being part of it.
  private static func opensSpeech(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\"", "“", "„", "«", "*", "_", "(", "[", ">", "#", "-": true
    default: false
    }
  }

  private static func isInWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "'" || scalar == "’"
  }
}

extension BoilerplateFilter {
  /// Whether it is to work on a reply: not where the companion is a machine by its own card, and not where the person just asked what
  /// it is, who has a right to a true answer.
  static func isWanted(persona: [String], asked: String?) -> Bool {
    !persona.contains { speaks($0, of: machines) }
      && !(asked.map { speaks($0, of: machines.union(doubts)) } ?? false)
  }

  private static let machines: Set<String> = [
    "ai", "ais", "android", "androids", "robot", "robots", "robotic", "cyborg", "chatbot", "chatbots", "bot",
    "bots",
    "llm", "hologram", "artificial", "automaton",
  ]

  /// Words of somebody who wants to know.
  private static let doubts: Set<String> = [
    "real", "human", "person", "machine", "computer", "program", "programme", "software", "model", "gpt",
    "simulation",
    "algorithm",
  ]

  private static func speaks(_ text: String, of words: Set<String>) -> Bool {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.contains { words.contains(String($0)) }
  }
}
