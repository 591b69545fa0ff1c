/// Whether a person's line asks to be shown something: `send me a selfie`, `show me what you're wearing`, `can I see a photo of you?`
///
/// By rules over words, since it is asked after every reply and a wrong yes costs minutes of somebody's graphics card: what is negated,
/// quoted, told of the past, or offered by the person is none. Pure.
enum PictureAsking {
  static func isAsked(in text: String) -> Bool {
    guard text.utf8.count <= 16 << 10 else { return false }
    return clauses(unquoted(text)).contains { asks($0) }
  }

  // MARK: Clauses

  private struct Clause {
    var words: [Substring]
    var isQuestion: Bool
  }

  /// Without what stands between quotation marks or behind a mark of quotation: somebody else's words.
  private static func unquoted(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.drop(while: { $0 == " " }).hasPrefix(">") }
    var plain = ""
    var closing: Character?
    for character in lines.joined(separator: "\n") {
      if let end = closing {
        if character == end { closing = nil }
      } else if let end = pairs[character] {
        closing = end
        plain += " ; "
      } else {
        plain.append(character)
      }
    }
    return plain
  }

  private static let pairs: [Character: Character] = [
    "\"": "\"", "“": "”", "„": "“", "«": "»", "‹": "›", "`": "`", "‘": "’",
  ]

  private static func clauses(_ text: String) -> [Clause] {
    var clauses: [Clause] = []
    var start = text.startIndex
    func add(_ end: String.Index, _ isQuestion: Bool) {
      var plain = text[start..<end].lowercased().replacing("’", with: "'")
      for (phrase, word) in polite { plain = plain.replacing(phrase, with: word) }
      let words = plain.split { !$0.isLetter && !$0.isNumber && $0 != "'" }
      if !words.isEmpty { clauses.append(Clause(words: words, isQuestion: isQuestion)) }
    }
    for index in text.indices where ".?!;:\n*()".contains(text[index]) {
      add(index, text[index] == "?")
      start = text.index(after: index)
    }
    add(text.endIndex, false)
    return clauses
  }

  /// What sounds like a no and is a please.
  private static let polite: [(String, String)] = [
    ("why don't you", "please"), ("why not", "please"), ("won't you", "please"), ("can't you", "please"),
    ("couldn't you", "please"), ("wouldn't you", "please"), ("wouldn't mind", "want"),
    ("would not mind", "want"), ("don't be shy", ""), ("don't forget to", "please"),
    ("can't wait to", "want to"),
    ("if you don't mind", "please"), ("if you wouldn't mind", "please"), ("no pressure", ""), ("no rush", ""),
    ("i've never seen", "please show me"), ("self portrait", "selfie"), ("self-portrait", "selfie"),
    ("get the picture", ""), ("big picture", ""), ("bigger picture", ""), ("whole picture", ""),
    ("out of the picture", ""), ("go to the pictures", ""), ("profile picture", "avatar"),
    ("picture frame", "frame"), ("photo album", "album"), ("selfie stick", "stick"),
  ]

  // MARK: Asking

  private static func asks(_ clause: Clause) -> Bool {
    let words = clause.words
    guard !isNegated(words), !isTold(words) else { return false }
    return asksForPicture(words) || asksToSee(words) || isMereWish(clause) || asksToDraw(words)
  }

  /// `send me one more picture of you`, `could I have a photo?`, `schick mir ein Selfie`.
  private static func asksForPicture(_ words: [Substring]) -> Bool {
    for (index, word) in words.enumerated() where nouns.contains(word) {
      // `kann ich ein Bild von dir sehen?` has its verb at the end.
      let (before, behind) = (words[..<index], words[index...].dropFirst().prefix(6))
      if before.contains("ich"), behind.contains(where: { $0 == "sehen" || $0 == "haben" }),
        before.contains(where: { ["kann", "darf", "könnte", "dürfte", "möchte", "will"].contains($0) })
      {
        return true
      }
      // The verb stands a few words before, and what is between is no other matter.
      for back in 1...9 {
        guard let at = words.index(index, offsetBy: -back, limitedBy: 0) else { break }
        if breaks.contains(words[at]) { break }
        guard verbs.contains(words[at]) || wants.contains(words[at]) else { continue }
        // `I like the picture` praises one; `I'd like a picture` asks for one.
        if words[at] == "like" || words[at] == "love",
          !words[..<at].suffix(4).contains(where: { ["i'd", "we'd", "would"].contains($0) })
        {
          continue
        }
        if wants.contains(words[at]) { return isFromPerson(words, before: at) }
        let next = words[at + 1]
        return !others.contains(next) && !isGiver(words, before: at, verb: words[at])
      }
    }
    return false
  }

  /// `show me what you're wearing`, `let me see your dress`, `I'd love to see how you look`.
  private static func asksToSee(_ words: [Substring]) -> Bool {
    for at in words.indices {
      var rest: ArraySlice<Substring>
      switch words[at] {
      case "show", "zeig", "zeige", "montre":
        guard at + 1 < words.count, ["me", "us", "mir", "uns", "moi", "nous"].contains(words[at + 1]),
          !isGiver(words, before: at, verb: "show")
        else { continue }
        rest = words[(at + 2)...]
        if rest.first == "yourself" || rest.first == "dich" { return true }
      case "see", "sehen", "peek":
        let before = Array(words[..<at].suffix(4))
        let isLet = before.suffix(2) == ["let", "me"] || before.suffix(2) == ["let", "us"]
        guard isLet || before.contains(where: { $0 == "i" || $0 == "i'd" || $0 == "we" || $0 == "ich" }),
          isLet || before.contains(where: { seeing.contains($0) })
        else { continue }
        rest = words[(at + 1)...]
        if rest.first == "you" || rest.first == "dich" {
          let more = rest.dropFirst()
          if ["in", "wearing", "without", "smile", "smiling"].contains(more.first) { return true }
          if isLet, !more.contains(where: { times.contains($0) }) { return true }
          continue
        }
      default: continue
      }
      if showsItself(rest) { return true }
    }
    return false
  }

  private static func showsItself(_ rest: ArraySlice<Substring>) -> Bool {
    let rest = Array(rest.drop { ["exactly", "again", "please", "just", "now", "bitte"].contains($0) })
    guard let first = rest.first else { return false }
    if ["what", "how", "where", "was", "wie", "wo"].contains(first) {
      let next = rest.dropFirst().first ?? ""
      guard ["you", "you're", "you've", "your", "du"].contains(next) else { return false }
      return rest.dropFirst(2).contains { appearance.contains($0) } || first == "where" || first == "wo"
    }
    guard ["your", "the", "that", "those", "this", "dein", "deine", "deinen"].contains(first) else {
      return false
    }
    return rest.dropFirst().prefix(3).contains { visible.contains($0) }
  }

  /// `selfie?`, `pics please`, `how about a photo`, `one more picture`.
  private static func isMereWish(_ clause: Clause) -> Bool {
    let words = clause.words
    guard words.contains(where: { nouns.contains($0) }) else { return false }
    if words.starts(with: ["how", "about"]) || words.starts(with: ["what", "about"]) {
      return words.count <= 9 && !words.contains("that") && !words.contains("those")
    }
    let plain = words.filter { !fillers.contains($0) }
    let isWish =
      clause.isQuestion || words.contains("please") || words.contains("bitte") || words.contains("more")
    return isWish && plain.allSatisfy { nouns.contains($0) || $0 == "of" || $0 == "you" }
  }

  /// `draw me a lighthouse`, `paint us together`.
  private static func asksToDraw(_ words: [Substring]) -> Bool {
    for (at, word) in words.enumerated() where ["draw", "paint", "sketch"].contains(word) {
      guard at + 1 < words.count, ["me", "us", "yourself", "something"].contains(words[at + 1]),
        !isGiver(words, before: at, verb: word)
      else { continue }
      if words[at + 1] == "me" || words[at + 1] == "us" {
        // A bath is drawn with water, and somebody may be drawn in.
        let rest = words[(at + 2)...]
        if rest.contains("bath") || ["in", "into", "closer", "near", "away", "out"].contains(rest.first) {
          continue
        }
      }
      return true
    }
    return false
  }

  // MARK: What is none

  private static func isNegated(_ words: [Substring]) -> Bool {
    for (at, word) in words.enumerated() {
      if word == "not", at + 1 < words.count, words[at + 1] == "only" { continue }
      if negations.contains(word) || word.hasSuffix("n't") { return true }
    }
    return false
  }

  /// What was, what might be, and how something is done.
  private static func isTold(_ words: [Substring]) -> Bool {
    guard let first = words.first else { return false }
    if ["when", "whenever", "if", "because", "since", "after", "although", "did", "has"].contains(first) {
      return true
    }
    // `have you got a pic?` asks for one, `have you seen the picture?` does not.
    if first == "have" { return !words.contains("got") && !words.contains("any") }
    guard let at = words.firstIndex(where: { ["how", "why", "when", "where", "who"].contains($0) }) else {
      return false
    }
    return at + 1 < words.count
      && ["do", "does", "did", "can", "would", "could", "to"].contains(words[at + 1])
  }

  /// The person is the one who would show something: `I'll send you a photo`, `shall I take a picture?`
  private static func isGiver(_ words: [Substring], before at: Int, verb: Substring) -> Bool {
    let before = words[..<at].suffix(4)
    if at + 1 < words.count, ["you", "ya", "dir"].contains(words[at + 1]) { return true }
    if taking.contains(verb) { return false }
    if before.suffix(2) == ["me", "to"] || before.suffix(2) == ["let", "me"] { return true }
    guard let subject = before.last(where: { subjects.contains($0) }) else { return false }
    // `I want you to send me one` has its subject in `you`.
    return subject != "you" && !before.contains("you")
  }

  /// `I want`, `can I have`, `may we see`; not `they want`.
  private static func isFromPerson(_ words: [Substring], before at: Int) -> Bool {
    let before = words[..<at].suffix(4)
    if before.contains(where: { ["she", "he", "they", "people", "everybody", "you"].contains($0) }) {
      return before.contains("could") && before.contains("i")
    }
    return before.contains { ["i", "i'd", "we", "we'd", "me", "ich"].contains($0) }
  }

  private static let nouns: Set<Substring> = [
    "pic", "pics", "picture", "pictures", "photo", "photos", "photograph", "photographs", "selfie", "selfies",
    "image", "images", "snapshot", "snapshots", "foto", "fotos", "bild", "bilder", "imagen", "portrait",
  ]
  private static let verbs: Set<Substring> = [
    "send", "show", "give", "text", "snap", "share", "post", "take", "make", "draw", "paint", "generate",
    "create",
    "upload", "drop", "shoot", "message", "dm", "sneak", "schick", "schicke", "sende", "zeig", "zeige",
    "mach", "mache",
    "envoie", "montre", "mándame", "mandame", "envíame", "enviame", "muéstrame", "enséñame",
  ]
  /// Of these the person is the subject.
  private static let wants: Set<Substring> = [
    "see", "have", "get", "want", "like", "love", "need", "möchte", "sehen", "haben",
  ]
  private static let seeing: Set<Substring> = [
    "can", "could", "may", "might", "want", "like", "love", "need", "i'd", "wanna", "gotta", "dying", "kann",
    "möchte", "will",
  ]
  private static let others: Set<Substring> = [
    "him", "her", "them", "you", "everyone", "everybody", "ihm", "ihr", "ihnen",
  ]
  private static let taking: Set<Substring> = ["take", "snap", "shoot"]
  private static let subjects: Set<Substring> = [
    "i", "i'll", "i'd", "i've", "i'm", "we", "we'll", "he", "she", "they", "people", "you",
  ]
  private static let breaks: Set<Substring> = [
    "and", "but", "because", "then", "while", "although", "und", "aber",
  ]
  private static let negations: Set<Substring> = [
    "not", "no", "never", "without", "stop", "dont", "cannot", "nicht", "kein", "keine", "pas", "nunca",
    "instead", "rather",
    "hate",
  ]
  private static let appearance: Set<Substring> = [
    "wearing", "wear", "look", "looking", "looks", "doing", "up", "dressed", "see", "seeing", "trägst",
    "anhast", "aussiehst",
    "machst", "got", "cooked", "made", "drew",
  ]
  private static let visible: Set<Substring> = [
    "outfit", "dress", "face", "smile", "room", "hair", "haircut", "tattoo", "tattoos", "eyes", "clothes",
    "costume",
    "shoes", "hands", "view", "garden", "house", "place", "apartment", "kitchen", "bedroom", "shirt", "skirt",
    "coat",
    "hat", "uniform", "bikini", "swimsuit", "makeup", "nails", "legs", "body", "glasses", "ring", "necklace",
    "jacket",
    "cat", "dog", "painting", "sunset", "kleid", "gesicht", "zimmer", "lächeln", "haare", "look",
    "surroundings",
  ]
  private static let times: Set<Substring> = [
    "tomorrow", "tonight", "again", "soon", "later", "go", "try", "leave",
  ]
  private static let fillers: Set<Substring> = [
    "a", "an", "one", "the", "some", "another", "more", "please", "maybe", "just", "quick", "little", "now",
    "time", "any",
    "new", "got", "have", "you", "hey", "ok", "okay", "so", "and", "then", "for", "me", "bitte", "noch",
    "ein", "with",
  ]
}
