import Model

/// Whether a card says of its companion that it is under 18: by its age, or in words anywhere in its texts.
///
/// It errs to that side: a number that may be somebody else's age makes a companion `general`, which costs little; the other mistake
/// would not. What is plainly another's or another time's ("her 6-year-old daughter", "when she was ten") is left out.
struct StatedAge {
  static let grown = 18

  /// What says so, for people: `15-year-old`. Nil where nothing does.
  let minor: String?

  init(of persona: Persona) {
    if let age = persona.age, age < Self.grown {
      minor = "age \(age)"
      return
    }
    let texts: [String?] = [
      persona.description, persona.personality, persona.behaviour, persona.appearance, persona.scenario,
      persona.systemPrompt, persona.postHistory, persona.occupation, persona.exampleDialogue,
    ]
    minor = (texts.compactMap(\.self) + (persona.greetings ?? [])).lazy.compactMap(Self.minor).first
  }

  /// The words of a text that make its subject a minor.
  static func minor(in text: String) -> String? {
    let words = tokens(text)
    for (index, word) in words.enumerated() {
      if minors.contains(word) { return word }
      guard let number = number(word), number < grown, isAge(words, at: index) else { continue }
      return words[max(0, index - 1)..<min(words.count, index + 3)].joined(separator: " ")
    }
    return nil
  }

  /// Said of nobody but a minor.
  private static let minors: Set<String> = [
    "underage", "underaged", "preteen", "preteens", "loli", "lolicon", "shota", "shotacon", "schoolgirl",
    "schoolboy",
    "toddler",
  ]

  private static func isAge(_ words: [String], at index: Int) -> Bool {
    let before = words[max(0, index - 5)..<index]
    // Twenty-five is not five.
    if let last = before.last, tens.contains(last) { return false }
    let after = words[(index + 1)...].prefix(4)
    if before.contains(where: earlier.contains) { return false }
    if let length = unitLength(Array(after)) {
      guard let owner = after.dropFirst(length).first else { return true }
      return !others.contains(owner)
    }
    if let label = before.last(where: { !fillers.contains($0) }), labels.contains(label) {
      return after.first.map { !measures.contains($0) } ?? true
    }
    return false
  }

  /// How many words of an age's unit begin the text.
  private static func unitLength(_ words: [String]) -> Int? {
    guard let first = words.first else { return nil }
    // Written without spaces, what follows is of the same word.
    if ["歳", "岁", "살"].contains(where: first.hasPrefix) { return 1 }
    if ["yo", "ans", "años", "anos", "anni", "лет", "года"].contains(first) { return 1 }
    if ["year", "years", "yr", "yrs"].contains(first), words.dropFirst().first == "old" { return 2 }
    if first == "y", ["o", "old"].contains(words.dropFirst().first) { return 2 }
    if ["jahre", "jaar", "år"].contains(first), ["alt", "oud", "gammal"].contains(words.dropFirst().first) {
      return 2
    }
    return nil
  }

  private static let labels: Set<String> = [
    "age", "aged", "alter", "âge", "edad", "età", "idade", "turned", "turning", "turns", "looks", "appears",
    "look", "appear",
    "年齢", "年龄",
  ]
  private static let fillers: Set<String> = [
    "is", "of", "just", "only", "about", "around", "like", "to", "be", "recently", "almost", "nearly",
    "under",
  ]
  private static let earlier: Set<String> = [
    "when", "since", "until", "till", "at", "before", "after", "ago", "from",
  ]
  /// Whose age it is when they come right behind it.
  private static let others: Set<String> = [
    "daughter", "daughters", "son", "sons", "brother", "sister", "nephew", "niece", "cousin", "grandson",
    "granddaughter",
    "twins", "kid", "kids", "children", "dog", "cat", "horse", "pony", "parrot", "car", "house", "building",
    "company",
    "whisky", "whiskey", "wine", "rum", "tree", "students", "pupils", "marriage", "tradition", "ship", "boat",
    "laptop",
  ]
  private static let measures: Set<String> = [
    "feet", "foot", "ft", "inches", "inch", "cm", "m", "metres", "meters", "kg", "pounds", "lbs", "times",
    "minutes", "hours",
    "days", "weeks", "months", "pages", "people", "times", "percent",
  ]

  private static let tens: Set<String> = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand",
  ]

  private static func number(_ word: String) -> Int? {
    if let index = numbers.firstIndex(of: word) { return index + 1 }
    guard word.count <= 2, let number = Int(word), number > 0 else { return nil }
    return number
  }

  private static let numbers = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen",
  ]

  /// In small letters; digits and letters apart, so that `16yo` is two.
  private static func tokens(_ text: String) -> [String] {
    var tokens: [String] = []
    var word = ""
    var isNumber = false
    func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }
    for character in text.lowercased() {
      guard character.isLetter || isDigit(character) else {
        if !word.isEmpty { tokens.append(word) }
        word = ""
        continue
      }
      if !word.isEmpty, isDigit(character) != isNumber {
        tokens.append(word)
        word = ""
      }
      isNumber = isDigit(character)
      word.append(character)
    }
    if !word.isEmpty { tokens.append(word) }
    return tokens
  }
}
