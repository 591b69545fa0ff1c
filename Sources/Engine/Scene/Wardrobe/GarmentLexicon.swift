import Model

/// Finds the noun of a garment among words, misspelt ones too. Made once, from the table in `GarmentWords`.
struct GarmentLexicon: Sendable {
  static let shared = GarmentLexicon()

  private let nouns: [String: GarmentKind]
  /// `thermal~vest`: what a word before the noun makes of it.
  private let particular: [String: [(word: String, kind: GarmentKind)]]
  /// The single words that a misspelt one is compared with, by their first letter.
  private let spellings: [Character: [[Character]]]
  private let longestPhrase: Int

  private init() {
    var nouns: [String: GarmentKind] = [:]
    var particular: [String: [(word: String, kind: GarmentKind)]] = [:]
    for row in GarmentWords.table.split(separator: "\n") {
      let halves = row.split(separator: ":", maxSplits: 1)
      let head = halves[0].split(separator: " ").map(String.init)
      // A row that is no row is a mistake in the table, and every test that reads an outfit meets it.
      guard halves.count == 2, head.count == 3, let slot = Garment.Slot(rawValue: head[0]),
        let layer = Garment.Layer(rawValue: head[1])
      else { preconditionFailure("the table of garments has a broken row: \(row)") }
      let coversLegs = head[2] == "legs"
      guard let cover = coversLegs ? .nothing : GarmentKind.Cover(rawValue: head[2]) else {
        preconditionFailure("the table of garments has an unknown cover: \(row)")
      }
      let kind = GarmentKind(slot: slot, layer: layer, cover: cover, coversLegs: coversLegs)
      for entry in halves[1].split(separator: ",") {
        let noun = entry.drop { $0 == " " }
        let parts = noun.split(separator: "~").map(String.init)
        if parts.count == 2 {
          particular[parts[1], default: []].append((parts[0], kind))
        } else {
          nouns[parts[0]] = kind
        }
      }
    }
    self.nouns = nouns
    self.particular = particular
    longestPhrase = nouns.keys.map { $0.split(separator: " ").count }.max() ?? 1
    spellings = Dictionary(
      grouping: nouns.keys.filter { $0.count >= 4 && !$0.contains(" ") }.map(Array.init), by: { $0[0] })
  }

  /// The noun that begins there: how many words it has. The longest wins.
  func noun(in words: ArraySlice<String>) -> Int? {
    for length in stride(from: min(longestPhrase, words.count), through: 1, by: -1) {
      if nouns[words.prefix(length).joined(separator: " ")] != nil { return length }
    }
    return nil
  }

  /// What a whole name says: its last words are its noun, and a word before it may make it another thing.
  func kind(ofName name: [String]) -> GarmentKind? {
    for length in stride(from: min(longestPhrase, name.count), through: 1, by: -1) {
      let noun = name.suffix(length).joined(separator: " ")
      guard let kind = nouns[noun] else { continue }
      let before = name.dropLast(length)
      return particular[noun]?.first { before.contains($0.word) }?.kind ?? kind
    }
    return name.last.flatMap { correction(of: $0) }.flatMap { nouns[$0] }
  }

  /// The noun that somebody meant by a word that is none: one slip of the keys away, two in a long one. Words that are plain
  /// English, and the plural or singular of a noun, are no slips.
  func correction(of word: String) -> String? {
    let letters = Array(word)
    guard letters.count >= 4, letters.count <= 24, let first = letters.first,
      nouns[word] == nil, !LookAlikes.words.contains(word), letters.allSatisfy({ $0.isLetter })
    else { return nil }
    var best: (noun: [Character], slips: Int)?
    for noun in spellings[first] ?? [] where abs(noun.count - letters.count) <= 2 {
      if !noun.suffix(2).elementsEqual("ss"), GarmentLexicon.isOtherNumber(letters, noun) { continue }
      let slips = Spelling.slips(from: letters, to: noun, atMost: 2)
      // A short noun is too near to too many words: only a letter too many or two that changed places.
      let allowed = noun.count >= 8 ? 2 : 1
      guard slips <= allowed, noun.count > 4 || letters.count > 4 || letters.sorted() == noun.sorted()
      else { continue }
      if best.map({ slips < $0.slips || slips == $0.slips && noun.lexicographicallyPrecedes($0.noun) })
        ?? true
      {
        best = (noun, slips)
      }
    }
    return best.map { String($0.noun) }
  }

  private static func isOtherNumber(_ one: [Character], _ other: [Character]) -> Bool {
    let (short, long) = one.count < other.count ? (one, other) : (other, one)
    return long.starts(with: short) && ["s", "es"].contains(String(long[short.count...]))
  }
}
