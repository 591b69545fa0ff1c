package import Model

/// Reads clothes out of free text: a list ("blue jeans, white t-shirt"), a description, or what somebody does with them.
///
/// A garment is a noun of the lexicon with the words before it that describe it. What is around it tells whether it is worn, open,
/// tied round the waist, or not there at all ("no tie"). Nothing is guessed beyond that: an unknown word makes no garment.
package struct OutfitReader {
  /// A place of the text that names a garment.
  struct Mention {
    var name: [String]
    /// From the first word of the name to the one after its noun.
    var range: Range<Int>
    var kind: GarmentKind
    /// Without any word of description: may mean one that was named before.
    var isBare: Bool
    var determiner: String?
  }

  let text: OutfitText
  let lexicon: GarmentLexicon
  private(set) var mentions: [Mention] = []

  /// Nobody describes an outfit at such length; what comes after is not looked at.
  package static let longestText = 8 * 1024
  private static let mostMentions = 96

  package static func garments(in text: String) -> [Garment] {
    let text =
      text.utf8.count <= longestText ? text : String(decoding: text.utf8.prefix(longestText), as: UTF8.self)
    var reader = OutfitReader(text, lexicon: .shared)
    return reader.read()
  }

  private init(_ text: String, lexicon: GarmentLexicon) {
    self.text = OutfitText(text)
    self.lexicon = lexicon
  }

  private mutating func read() -> [Garment] {
    mentions = findMentions()
    var garments: [Garment] = []
    var nouns: [String] = []
    for index in mentions.indices {
      let mention = mentions[index]
      guard let wearing = wearing(of: index) else { continue }
      let noun = mention.name.last ?? ""
      if let earlier = earlier(mention, among: garments, nouns: nouns) {
        wearing.change(&garments[earlier])
        continue
      }
      var garment = Garment(
        name: mention.name.joined(separator: " "), slot: mention.kind.slot, layer: mention.kind.layer)
      wearing.change(&garment)
      garments.append(garment)
      nouns.append(noun)
    }
    setCorset(in: &garments)
    return garments
  }

  /// "The boots" after "rubber boots" are the same boots, and so is whatever is named twice.
  private func earlier(_ mention: Mention, among garments: [Garment], nouns: [String]) -> Int? {
    let name = mention.name.joined(separator: " ")
    if let same = garments.firstIndex(where: { $0.name == name }) { return same }
    guard mention.isBare, let determiner = mention.determiner,
      OutfitWords.owners.contains(determiner) || ["the", "those", "these", "that"].contains(determiner)
    else { return nil }
    return nouns.lastIndex { $0 == mention.name.last }
  }

  /// Over a blouse it is a bodice, beneath a dress it is underwear.
  private func setCorset(in garments: inout [Garment]) {
    for index in garments.indices where garments[index].name.hasSuffix("corset") {
      let others = garments.indices.filter { $0 != index }.map { garments[$0] }
      if others.contains(where: { $0.slot == .torso && $0.layer == .base && $0.worn }) {
        garments[index].layer = .mid
      } else if others.contains(where: { $0.slot == .fullbody && $0.layer == .base && $0.worn }) {
        garments[index].layer = .under
      }
    }
  }

  // MARK: Names

  private func findMentions() -> [Mention] {
    var found: [Mention] = []
    var at = 0
    while at < text.tokens.count, found.count < Self.mostMentions {
      guard var noun = nounRange(at: at) else {
        at += 1
        continue
      }
      let first = noun.lowerBound
      // "dress shoes": the last of the nouns that stand together is what it is.
      while !isPlural(noun), let next = nounRange(at: noun.upperBound) {
        noun = noun.lowerBound..<next.upperBound
      }
      at = noun.upperBound
      if describesNext(noun) { continue }
      if let mention = mention(of: noun, from: first, after: found.last?.range.upperBound ?? 0) {
        found.append(mention)
      }
    }
    return found
  }

  private func nounRange(at index: Int) -> Range<Int>? {
    let words = text.words(from: index, atMost: 4)
    guard !words.isEmpty else { return nil }
    if let length = lexicon.noun(in: words[...]) { return index..<index + length }
    // A misspelt noun stands where a noun stands: before a mark, or before a word that no name goes on with.
    let isEnd = words.count == 1 || OutfitWords.ends.contains(words[1]) || isState(words[1])
    guard isEnd, !OutfitWords.ends.contains(words[0]), !isState(words[0]),
      lexicon.correction(of: words[0]) != nil
    else { return nil }
    return index..<index + 1
  }

  /// "one-piece", before "navy swimsuit", is not yet the garment.
  private func describesNext(_ noun: Range<Int>) -> Bool {
    guard noun.count == 1, let word = text.word(noun.lowerBound), OutfitWords.adjectival.contains(word) else {
      return false
    }
    var at = noun.upperBound
    while at < noun.upperBound + 4, let word = text.word(at) {
      if nounRange(at: at) != nil { return true }
      guard describes(word, at: at) else { return false }
      at += 1
    }
    return false
  }

  private func isPlural(_ noun: Range<Int>) -> Bool {
    guard let word = text.word(noun.upperBound - 1) else { return false }
    return word.hasSuffix("s") && !word.hasSuffix("ss") && !OutfitWords.adjectival.contains(word)
  }

  private func isState(_ word: String) -> Bool {
    OutfitWords.opened.contains(word) || OutfitWords.closed.contains(word)
      || OutfitWords.layingStates.contains(word)
  }

  private func mention(of noun: Range<Int>, from first: Int, after floor: Int) -> Mention? {
    let next = text.word(noun.upperBound)
    if let next, OutfitWords.carriers.contains(next) { return nil }
    if next == "of", !isMadeOf(noun.upperBound + 1) { return nil }
    var start = first
    while start > floor, noun.lowerBound - start < 8, let word = text.word(start - 1),
      describes(word, at: start - 1)
    {
      start -= 1
    }
    let name = text.words(from: start, atMost: noun.upperBound - start)
    let before = text.word(start - 1)
    let determiner = before.flatMap { OutfitWords.determiners.contains($0) ? $0 : nil }
    let isBare = start == first && noun.count == 1
    guard let kind = lexicon.kind(ofName: name) else { return nil }
    // "braces himself", "skirts the puddle": what somebody does.
    if isBare, determiner == nil, let next,
      OutfitWords.determiners.contains(next) || OutfitWords.persons.contains(next)
    {
      return nil
    }
    if isBare, OutfitWords.weak.contains(name[0]), !isNamedAlone(noun, determiner: determiner) { return nil }
    return Mention(
      name: name, range: start..<noun.upperBound, kind: kind, isBare: isBare, determiner: determiner)
  }

  /// "a dress of red silk", and not "a coat of paint".
  private func isMadeOf(_ index: Int) -> Bool {
    text.words(from: index, atMost: 4).contains { OutfitWords.materials.contains($0) }
  }

  /// Whether that word belongs to the name that follows it.
  private func describes(_ word: String, at index: Int) -> Bool {
    let before = text.word(index - 1)
    // "worn slippers", and not "a shirt worn over".
    if word == "worn" {
      return before.map {
        OutfitWords.determiners.contains($0) || $0.hasSuffix("ly") || $0 == "well" || $0 == "and"
      } ?? true
    }
    if OutfitWords.ends.contains(word) || OutfitWords.determiners.contains(word) { return false }
    if lexicon.noun(in: [word]) != nil { return OutfitWords.adjectival.contains(word) }
    if word.hasSuffix("'s") || word.hasSuffix("s'") { return isTrade(word, at: index, before: before) }
    if word.hasSuffix("s"), word.count > 3, !OutfitWords.describingWithS.contains(word) {
      return ["ss", "us", "is", "'s"].contains { word.hasSuffix($0) } || word.contains("-")
    }
    if word.hasSuffix("ly"), let next = text.word(index + 1) {
      return ["ed", "en", "ing", "n", "t"].contains { next.hasSuffix($0) } || word.count < 7
    }
    return true
  }

  /// A fisherman's jumper is a jumper of a kind; Maria's, or her grandmother's, is only whose it is.
  private func isTrade(_ word: String, at index: Int, before: String?) -> Bool {
    if OutfitWords.kin.contains(word) { return false }
    if OutfitWords.trades.contains(where: { word.hasSuffix($0) }) { return true }
    return !text.capital[index] && !(before.map { OutfitWords.owners.contains($0) } ?? false)
  }

  /// A word that is often no garment counts when it is an item of the list by itself, or is somebody's.
  private func isNamedAlone(_ noun: Range<Int>, determiner: String?) -> Bool {
    if let determiner { return determiner != "the" && determiner != "this" && determiner != "that" }
    let before = text.word(noun.lowerBound - 1)
    let after = text.word(noun.upperBound)
    let opens =
      before == nil
      || [
        "and", "with", "plus", "wearing", "in", "or", "no", "without", "nor", "over", "under", "beneath",
        "underneath",
      ].contains(before ?? "")
    let closes = after == nil || ["and", "with", "plus", "over", "under", "or"].contains(after ?? "")
    return opens && closes
  }
}
