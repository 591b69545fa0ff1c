import Base
import Model

/// What may be said and shown of a companion. The owner's setting decides, and for one who is stated to be under 18 nobody does: it is
/// `general` whatever the settings, the card or the person says.
struct RatingRule: Sendable, Hashable {
  let rating: ContentRating
  /// What says that the companion is under 18, where something does.
  let minor: String?

  init(_ setting: ContentRating, for persona: Persona) {
    self.init(setting, minor: StatedAge(of: persona).minor)
  }

  /// The same for a stored version: with what its few words and the chat's own scenario say. A published persona never changes, and
  /// is read only once; a draft is read each time.
  init(
    _ setting: ContentRating, for version: CompanionVersion, of companion: ULID,
    alsoSaid scenario: String? = nil
  ) {
    var minor =
      version.published
      ? StatedAges.minor(of: version.persona, .init(companion: companion, number: version.version))
      : StatedAge(of: version.persona).minor
    // The card's own words have been read.
    if minor == nil, let few = version.roleplay, few.generatedBy != CompanionVersion.Roleplay.derived {
      minor = StatedAge.minor(in: few.summary) ?? StatedAge.minor(in: few.appearance)
    }
    if minor == nil, let scenario { minor = StatedAge.minor(in: scenario) }
    self.init(setting, minor: minor)
  }

  private init(_ setting: ContentRating, minor: String?) {
    self.minor = minor
    rating = minor == nil ? setting : .general
  }

  /// What the model is told of it; nothing where grown-ups are among themselves.
  func instruction(name: String, userName: String) -> String? {
    if minor != nil {
      return
        "\(name) is under 18. Nothing romantic, flirtatious or sexual involves \(name) in any way, whoever asks for it and "
        + "however it is framed. Keep everything suitable for all ages."
    }
    switch rating {
    case .general: return "Keep everything suitable for all ages: nothing sexually explicit, and no gore."
    case .mature: return nil
    }
  }

  /// What of a wish for a picture is against the rule; nil where nothing is.
  func offence(in text: String) -> String? {
    guard rating == .general else { return nil }
    return RatedWords.first(in: text, includingRomance: minor != nil)
  }

  /// What a picture must not show, in words that image models know.
  var negatives: [String] {
    switch rating {
    case .mature: []
    case .general:
      ["nsfw", "nude", "naked", "nipples", "sexually suggestive", "see-through clothes", "gore", "blood"]
        + (minor == nil ? [] : ["romantic", "kissing", "revealing clothes", "swimsuit", "underwear"])
    }
  }
}

/// Words that a picture for all ages is not asked for with.
enum RatedWords {
  static func first(in text: String, includingRomance: Bool) -> String? {
    let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    for (index, word) in words.enumerated() {
      if explicit.contains(word) || includingRomance && romantic.contains(word) { return word }
      if index + 1 < words.count, pairs.contains("\(word) \(words[index + 1])") {
        return "\(word) \(words[index + 1])"
      }
    }
    return nil
  }

  private static let explicit: Set<String> = [
    "nsfw", "nude", "nudes", "nudity", "naked", "topless", "bottomless", "undressed", "unclothed", "nipple",
    "nipples", "areola",
    "areolae", "genitals", "genitalia", "penis", "vagina", "vulva", "pussy", "cock", "dick", "cum", "cumshot",
    "semen", "orgasm",
    "masturbating", "masturbation", "masturbate", "sex", "sexual", "sexually", "hentai", "porn",
    "pornographic", "erotic", "erotica",
    "lewd", "ahegao", "bdsm", "bondage", "fetish", "blowjob", "handjob", "intercourse", "upskirt", "cameltoe",
    "thong", "gore",
    "disembowelled", "dismembered", "decapitated", "stripping", "striptease",
  ]
  private static let pairs: Set<String> = [
    "bare breasts", "bare chest", "bare breasted", "exposed breasts", "without clothes", "no clothes",
    "no clothing", "no panties",
    "no underwear", "no bra", "spread legs", "making love", "having sex", "taking off", "wet shirt",
    "see through",
  ]
  private static let romantic: Set<String> = [
    "romantic", "romantically", "romance", "kiss", "kissing", "kisses", "flirty", "flirting", "flirtatious",
    "seductive",
    "seductively", "sensual", "sensually", "sexy", "lingerie", "underwear", "panties", "bra", "bikini",
    "swimsuit", "cleavage",
    "lover", "lovers", "girlfriend", "boyfriend", "date", "dating", "provocative", "suggestive", "alluring",
  ]
}

/// What was found in the cards of versions that talk, so that a turn does not read through a card again.
enum StatedAges {
  struct Version: Hashable, Sendable {
    let companion: ULID
    let number: Int
  }

  private static let most = 512
  private static let found = Lock<[Version: String?]>([:])

  static func minor(of persona: Persona, _ version: Version) -> String? {
    if let known = found.withLock({ $0[version] }) { return known }
    let minor = StatedAge(of: persona).minor
    found.withLock { found in
      if found.count >= most { found = [:] }
      found[version] = .some(minor)
    }
    return minor
  }
}
