/// What a person's line is about, as far as rules can tell.
struct Listening {
  enum Intent: Equatable {
    case greeting, farewell, thanks, story, sorry, yes, no, compliment, love
    case askWho, askHow, askWearing, askWhere, askDoing, askTime, askRemember, askReal
    case invite(place: String), dress([String]), undress([String])
    case feeling(OfflineWords.Mood)
    case question, command, statement, foreign, nothing
  }

  let intent: Intent
  let words: Words
  let sight: SceneSight
  /// The person's own words turned round: "I lost my keys" is "you lost your keys". nil when there is nothing to turn.
  let mirrored: String?
  /// The longest uncommon word: most likely what it is about.
  let topic: String?

  init(_ text: String) {
    words = Words(text)
    sight = SceneSight(text, isPersons: true)
    intent = Listening.intent(text, words, sight)
    mirrored = Listening.mirror(text)
    topic = Listening.topic(words)
  }

  private static func intent(_ text: String, _ words: Words, _ sight: SceneSight) -> Intent {
    let letters = text.unicodeScalars.filter { $0.properties.isAlphabetic }
    guard !letters.isEmpty else { return .nothing }
    if letters.count(where: { $0.value > 0x24F }) * 2 > letters.count { return .foreign }
    if let asked = asked(words) { return asked }
    if !sight.putOn.isEmpty { return .dress(sight.putOn) }
    if !sight.takenOff.isEmpty { return .undress(sight.takenOff) }
    if let place = sight.place,
      words.containsAny(
        "let's", "let us", "come", "shall we", "we could", "we go", "we walk", "go to", "take you",
        "follow me")
    {
      return .invite(place: place)
    }
    if let mood = feeling(words) { return .feeling(mood) }
    let short = words.all.count(where: { !Words.isMark($0) }) <= 6
    if short {
      if words.begins(
        "hi", "hello", "hey", "good morning", "good evening", "good afternoon", "morning", "evening")
      {
        return .greeting
      }
      if words.begins("yes", "yeah", "yep", "sure", "of course", "okay", "ok", "alright", "fine") {
        return .yes
      }
      if words.begins("no", "nope", "not really", "never") { return .no }
    }
    if words.containsAny(
      "goodbye", "bye", "good night", "goodnight", "see you", "i have to go", "i must go", "i should go")
    {
      return .farewell
    }
    if words.containsAny("a story", "another story", "bedtime story") { return .story }
    if words.containsAny("thank you", "thanks") { return .thanks }
    if words.containsAny("i'm sorry", "sorry", "i apologise", "i apologize", "forgive me") { return .sorry }
    if words.containsAny("i love you", "i like you", "i missed you", "i miss you", "i adore you") {
      return .love
    }
    if words.containsAny(
      "you're beautiful", "you are beautiful", "you look", "you're lovely", "you are lovely", "you're pretty",
      "you're handsome", "you're funny", "you're sweet", "you're kind", "you are kind", "well done",
      "good job")
    {
      return .compliment
    }
    if words.begins("hi", "hello", "hey", "good morning", "good evening") && !text.contains("?") {
      return .greeting
    }
    if text.contains("?")
      || words.begins("what", "where", "who", "why", "how", "when", "which", "do you", "are you", "can you")
    {
      return .question
    }
    if words.begins(
      "tell", "show", "give", "come", "sit", "stand", "look", "sing", "dance", "play", "make", "bring",
      "wait", "stop", "help", "read", "please")
    {
      return .command
    }
    return .statement
  }

  private static func asked(_ words: Words) -> Intent? {
    if words.containsAny("your name", "who are you", "about yourself", "introduce yourself") {
      return .askWho
    }
    if words.containsAny(
      "how are you", "how do you feel", "how have you been", "how's it going", "how was your day")
    {
      return .askHow
    }
    if words.containsAny("you wearing", "you wear", "your outfit", "your clothes", "have you got on") {
      return .askWearing
    }
    if words.containsAny("where are we", "where are you", "where am i", "where is this") { return .askWhere }
    if words.containsAny("are you doing", "are you up to", "you busy", "were you doing") { return .askDoing }
    if words.containsAny("what time", "how late") { return .askTime }
    if words.containsAny(
      "are you real", "are you a bot", "are you an ai", "are you a robot", "are you human",
      "what are you ?", "what are you really", "language model", "are you a machine", "are you offline")
    {
      return .askReal
    }
    if words.containsAny(
      "do you remember", "did i tell", "what did i", "what do you know about me", "remember my", "what's my",
      "what is my")
    {
      return .askRemember
    }
    return nil
  }

  private static func feeling(_ words: Words) -> OfflineWords.Mood? {
    for (index, word) in words.all.enumerated() {
      guard let mood = OfflineWords.feelings[word] else { continue }
      let before = words.all[..<index].suffix(4)
      let isOwn =
        before.contains("i'm") || before.contains("feel") || before.contains("feeling")
        || before.suffix(4).contains("i")
      if isOwn, !before.contains("not"), !before.contains("you") { return mood }
    }
    return nil
  }

  private static func topic(_ words: Words) -> String? {
    words.all.filter { $0.count > 3 && !OfflineWords.common.contains($0) && OfflineWords.feelings[$0] == nil }
      .max { $0.count < $1.count }
  }

  // MARK: Mirroring

  /// Whether what was turned round lies in the past, so that it is not asked about as if it went on.
  static func isPast(_ mirrored: String) -> Bool {
    let past = OfflineWords.set(
      "was were had went lost bought found saw met got made took came told said heard felt thought left gave ate slept woke did "
        + "forgot broke won fell ran read wrote spent began kept brought knew grew fought")
    return Words(mirrored).all.dropFirst().prefix(3).contains {
      past.contains($0) || $0.hasSuffix("ed") && $0.count > 4
    }
  }

  private static let turned: [String: String] = [
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "i'm": "you're",
    "i've": "you've",
    "i'd": "you'd", "i'll": "you'll", "am": "are", "your": "my", "yours": "mine", "yourself": "myself",
    "you're": "I'm", "you've": "I've",
  ]

  /// Only sentences that begin with the person, are short enough to be repeated, and ask nothing.
  static func mirror(_ text: String) -> String? {
    let outside = text.split(separator: "*", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 0 }.map(\.element).joined(separator: " ")
    for sentence in outside.split(whereSeparator: { ".!?;\n".contains($0) }).reversed() {
      guard !text.contains("\(sentence)?") else { continue }
      // What comes after a comma is mostly an afterthought.
      let clause = sentence.split(separator: ",").first { clause in
        let first = Words(String(clause)).all.first ?? ""
        return ["i", "i'm", "i've", "my", "i'd", "i'll"].contains(first)
      }
      guard let clause else { continue }
      let spoken = clause.split(separator: " ").map(String.init)
      guard (3...14).contains(spoken.count) else { continue }
      var previous = ""
      let turned = spoken.map { word -> String in
        let lower = word.lowercased().map { $0 == "’" ? "'" : $0 }
        let key = String(lower)
        defer { previous = key }
        if key == "was", previous == "i" { return "were" }
        if key == "you",
          [
            "to", "with", "for", "about", "at", "of", "from", "like", "love", "see", "and", "than", "tell",
            "ask", "miss", "missed", "show",
          ].contains(previous)
        {
          return "me"
        }
        if key == "you" { return "I" }
        return Listening.turned[key] ?? word
      }
      return turned.joined(separator: " ")
    }
    return nil
  }
}

/// What the person has told about themselves, gathered from their lines.
struct Remembered {
  private(set) var name: String?
  /// "you like rain", "your sister is called Ana", newest last.
  private(set) var facts: [String] = []

  /// "I am Ana and I love rain" tells two things.
  private static func clauses(_ line: String) -> [String] {
    var clauses: [String] = []
    var clause: [Substring] = []
    let words = line.split(separator: " ")
    for (index, word) in words.enumerated() {
      let next = index + 1 < words.count ? words[index + 1].lowercased() : ""
      if word == "and" || word == "but", ["i", "i'm", "my"].contains(next) {
        clauses.append(clause.joined(separator: " "))
        clause = []
      } else {
        clause.append(word)
      }
    }
    return clauses + [clause.joined(separator: " ")]
  }

  init(_ lines: [String]) {
    for line in lines.flatMap(Remembered.clauses) {
      let words = line.split(whereSeparator: { !($0.isLetter || $0 == "'" || $0 == "’" || $0 == "-") }).map(
        String.init)
      let lower = words.map { $0.lowercased() }
      for index in lower.indices.dropLast(2) {
        if lower[index] == "name", lower[index + 1] == "is", words[index + 2].first?.isUppercase == true,
          index > 0, lower[index - 1] == "my"
        {
          name = words[index + 2]
        }
        if lower[index] == "call", lower[index + 1] == "me", words[index + 2].first?.isUppercase == true {
          name = words[index + 2]
        }
      }
      let tells = [
        "i like", "i love", "i hate", "i work", "i live", "i have", "i'm from", "i play", "i study", "my ",
      ]
      let begin = line.lowercased()
      if tells.contains(where: { begin.hasPrefix($0) || begin.contains(". \($0)") }),
        let fact = Listening.mirror(line),
        !facts.contains(fact), !fact.hasPrefix("your name")
      {
        facts.append(fact)
      }
    }
  }
}
