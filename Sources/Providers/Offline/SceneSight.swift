/// What a piece of text says about clothes put on and taken off, about where people are, and about what somebody is busy with.
struct SceneSight {
  /// Garments named at all, with their adjectives, in order.
  private(set) var named: [String] = []
  private(set) var putOn: [String] = []
  private(set) var takenOff: [String] = []
  /// With its article: `the corner café`.
  private(set) var place: String?
  private(set) var action: String?

  private let words: [String]

  /// `speaker`: whose own clothes are not meant: in a person's line "I take off my coat" says nothing of the companion's.
  init(_ text: String, isPersons: Bool = false) {
    words = Words(text).all
    readGarments(isPersons: isPersons)
    readPlace(isPersons: isPersons)
    // Dressing is told by the clothes.
    if !isPersons, putOn.isEmpty, takenOff.isEmpty { action = SceneSight.action(in: text) }
  }

  // MARK: Clothes

  private mutating func readGarments(isPersons: Bool) {
    var at = 0
    while at < words.count {
      guard let (name, start, end) = garment(at: at) else {
        at += 1
        continue
      }
      at = end
      named.append(name)
      let owner = start > 0 ? words[start - 1] : ""
      if isPersons, owner == "my" || subject(before: start) == "i" { continue }
      if !isPersons, owner == "your" || subject(before: start) == "you" { continue }
      switch direction(start, end) {
      case .on: putOn.append(name)
      case .off: takenOff.append(name)
      case nil: break
      }
    }
  }

  /// The garment whose noun stands there, with what is said about it before.
  private func garment(at index: Int) -> (name: String, start: Int, end: Int)? {
    var end = index + 1
    if let second = OfflineWords.garmentPairs[words[index]], end < words.count, words[end] == second {
      end += 1
    } else if !OfflineWords.garments.contains(words[index]) {
      return nil
    }
    var start = index
    while start > 0, OfflineWords.describing.contains(words[start - 1]) { start -= 1 }
    return (words[start..<end].joined(separator: " "), start, end)
  }

  private enum Direction { case on, off }

  private func direction(_ start: Int, _ end: Int) -> Direction? {
    let before = clause(before: start)
    let after = words[end...].prefix { !Words.isMark($0) }.prefix(2)
    guard
      let verbAt = before.lastIndex(where: {
        OfflineWords.puttingOn.contains($0) || OfflineWords.takingOff.contains($0)
      })
    else { return nil }
    let verb = before[verbAt]
    let between = before[(verbAt + 1)...]
    if between.contains("off") || between.contains("out") || after.first == "off" || after.first == "away" {
      return OfflineWords.takingOff.contains(verb) ? .off : nil
    }
    if OfflineWords.alwaysOff.contains(verb) { return .off }
    guard OfflineWords.puttingOn.contains(verb) else { return nil }
    let simple = [
      "wear", "wears", "wearing", "don", "dons", "donning", "tie", "ties", "tying", "button", "buttons",
    ]
    if simple.contains(verb) || between.contains("on") || between.contains("into") || after.first == "on"
      || between.contains("around")
    {
      return .on
    }
    return nil
  }

  private func clause(before index: Int) -> [String] {
    Array(words[..<index].reversed().prefix { !Words.isMark($0) }.prefix(9).reversed())
  }

  private func subject(before index: Int) -> String? {
    clause(before: index).last { ["i", "you", "she", "he", "they", "we"].contains($0) }
  }

  // MARK: Places

  private mutating func readPlace(isPersons: Bool) {
    for (index, word) in words.enumerated().reversed() where OfflineWords.places.contains(word) {
      var start = index
      // "the old stone bridge": up to three words between the article and the noun, none of them a mark.
      while start > 0, index - start < 4, !OfflineWords.articles.contains(words[start]),
        !Words.isMark(words[start - 1]), !OfflineWords.arrivals.contains(words[start - 1])
      { start -= 1 }
      let hasArticle = OfflineWords.articles.contains(words[start])
      guard hasArticle || word == "home" || start == index else { continue }
      let before = words[..<start].reversed().prefix { !Words.isMark($0) }.prefix(6)
      guard let preposition = before.first, OfflineWords.arrivals.contains(preposition) || word == "home"
      else { continue }
      let negated = before.contains { ["not", "never", "don't", "isn't", "aren't", "from"].contains($0) }
      // Where one of the two went alone is a story, not the scene: "you went to the museum" in a reply.
      let alone = isPersons ? ["i", "i've", "i'm"] : ["you", "you've", "you're"]
      let moving = before.drop { !OfflineWords.movements.contains($0) }
      if let mover = moving.dropFirst().first, alone.contains(mover) { continue }
      guard !negated,
        before.contains(where: { OfflineWords.movements.contains($0) }) || index < 12 && isStage(preposition)
      else { continue }
      var phrase = Array(words[start...index])
      if hasArticle {
        phrase[0] =
          ["my", "your", "our", "his", "her", "their", "this", "that"].contains(phrase[0]) ? "the" : phrase[0]
      }
      if phrase[0] == "a" || phrase[0] == "an" { phrase[0] = "the" }
      place =
        hasArticle || word == "home" ? phrase.joined(separator: " ") : "the " + phrase.joined(separator: " ")
      return
    }
  }

  private func isStage(_ preposition: String) -> Bool { ["in", "at", "inside", "on"].contains(preposition) }

  // MARK: Doing

  /// `pouring two cups of tea` of `*pours two cups of tea and smiles*`.
  private static func action(in text: String) -> String? {
    let beats = text.split(separator: "*", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map(\.element)
    for beat in beats {
      for part in Words(String(beat)).all.split(whereSeparator: {
        Words.isMark($0) || $0 == "and" || $0 == "then"
      }) {
        var words = Array(part)
        while let first = words.first, ["she", "he", "they", "it", "inside", "still"].contains(first) {
          words.removeFirst()
        }
        guard let verb = words.first, words.count > 1, !OfflineWords.gestures.contains(verb),
          let doing = gerund(verb)
        else {
          continue
        }
        return ([doing] + words.dropFirst().prefix(8)).joined(separator: " ")
      }
    }
    return nil
  }

  /// Of a verb in its third person; nil when it is none.
  static func gerund(_ verb: String) -> String? {
    guard verb.hasSuffix("s"), !verb.hasSuffix("ss"), verb.count > 3, !OfflineWords.common.contains(verb)
    else { return nil }
    var stem = String(verb.dropLast())
    if stem.hasSuffix("ie") { return String(stem.dropLast(2)) + "ying" }
    if ["ches", "shes", "sses", "xes", "zzes", "oes"].contains(where: { verb.hasSuffix($0) }) {
      return String(verb.dropLast(2)) + "ing"
    }
    if stem.hasSuffix("ee") || stem.hasSuffix("ye") { return stem + "ing" }
    if stem.hasSuffix("e") { return String(stem.dropLast()) + "ing" }
    let letters = Array(stem)
    let vowels = Set("aeiou")
    if letters.count <= 4, letters.count >= 3, let last = letters.last, !vowels.contains(last),
      !"wxy".contains(last),
      vowels.contains(letters[letters.count - 2]), !vowels.contains(letters[letters.count - 3])
    {
      stem.append(last)
    }
    return stem + "ing"
  }
}
