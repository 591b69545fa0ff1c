import Model

/// What must stand in the text for an entry to be told.
enum LoreKey: Sendable {
  case words([UInt8], isExact: Bool, isWhole: Bool)
  case pattern(LorePattern)
  /// A pattern that is none, or one that cannot be matched safely.
  case never

  struct Manner {
    var isCaseSensitive = false
    var isWhole = false
    /// The entry's keys are patterns, with or without slashes.
    var isPattern = false
  }

  init(_ key: String, _ manner: Manner) {
    if let (pattern, flags) = LorePattern.slashed(key) {
      self = Self.pattern(pattern, flags)
    } else if manner.isPattern {
      self = Self.pattern(key, manner.isCaseSensitive ? "" : "i")
    } else {
      let text = manner.isCaseSensitive ? key : key.lowercased()
      self = .words(Array(text.utf8), isExact: manner.isCaseSensitive, isWhole: manner.isWhole)
    }
  }

  /// Why a pattern among an entry's keys can never match; nil when all of them can.
  static func reasonAgainst(_ entry: [String: JSONValue]) -> String? {
    let isPattern = isPattern(entry)
    for key in (entry["keys"]?.array ?? []) + (entry["secondary_keys"]?.array ?? []) {
      guard let text = key.string else { continue }
      guard let (pattern, flags) = LorePattern.slashed(text) ?? (isPattern ? (text, "") : nil) else {
        continue
      }
      do throws(LorePattern.Fault) {
        _ = try LorePattern(pattern, flags: flags)
      } catch {
        switch error {
        case .syntax: return "is no regular expression"
        case .unsupported: return "looks around or back, which is not done here"
        case .tooLarge: return "is too large"
        }
      }
    }
    return nil
  }

  /// Whether an entry's keys are patterns without being written between slashes. SillyTavern says so of every entry it writes and means
  /// only those between slashes.
  static func isPattern(_ entry: [String: JSONValue]) -> Bool {
    guard entry["use_regex"] == true else { return false }
    let own = entry["extensions"]?.object ?? [:]
    return !["selectiveLogic", "display_index", "useProbability"].contains { own[$0] != nil }
  }

  private static func pattern(_ text: String, _ flags: String) -> LoreKey {
    guard let pattern = try? LorePattern(text, flags: flags) else { return .never }
    return .pattern(pattern)
  }

  func matches(_ text: LoreText, _ effort: inout LoreEffort) -> Bool {
    switch self {
    case .never: return false
    case .pattern(let pattern): return pattern.matches(text, &effort)
    case .words(let words, let isExact, let isWhole):
      return Self.find(words, in: isExact ? text.exact : text.folded, isWhole, &effort)
    }
  }

  private static func find(
    _ words: [UInt8], in text: [UInt8], _ isWhole: Bool, _ effort: inout LoreEffort
  ) -> Bool {
    guard let first = words.first, words.count <= text.count else { return false }
    effort.comparisons -= text.count
    guard effort.comparisons > 0 else { return false }
    for at in 0...(text.count - words.count) where text[at] == first {
      var count = 1
      while count < words.count, text[at + count] == words[count] { count += 1 }
      effort.comparisons -= count
      guard count == words.count else {
        // A key of one letter over and over is compared anew at every place of such a text.
        if effort.comparisons <= 0 { return false }
        continue
      }
      if !isWhole || (isEdge(text, before: at) && isEdge(text, behind: at + words.count)) { return true }
    }
    return false
  }

  /// Whether what stands before there is no letter that a word goes on with. Scripts without spaces have an edge everywhere.
  private static func isEdge(_ text: [UInt8], before at: Int) -> Bool {
    guard at > 0 else { return true }
    var start = at - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return isEdge(text[start..<at])
  }

  private static func isEdge(_ text: [UInt8], behind at: Int) -> Bool {
    guard at < text.count else { return true }
    var end = at + 1
    while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
    return isEdge(text[at..<end])
  }

  private static func isEdge(_ letter: ArraySlice<UInt8>) -> Bool {
    guard let scalar = String(decoding: letter, as: UTF8.self).unicodeScalars.first else { return true }
    if scalar.isASCII { return !ScalarSet.word.contains(scalar.value) }
    // Kana, Han, Thai and their like.
    if (0x0E00...0x0FFF).contains(scalar.value) || (0x2E80...0xA4CF).contains(scalar.value)
      || scalar.value >= 0xF900 && scalar.value < 0xFB00 || scalar.value >= 0x20000
    {
      return true
    }
    return !scalar.properties.isAlphabetic && scalar.properties.numericType == nil
  }
}
