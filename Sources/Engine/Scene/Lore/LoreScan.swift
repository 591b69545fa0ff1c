/// Finds what of a book is to be told now. The same lines and the same place give the same lore, so that a preview shows what a turn
/// will send; nothing is remembered between turns, and so it follows the branch.
struct LoreScan {
  /// An entry that is told, with its text as it is told.
  struct Told: Sendable {
    var entry: LoreEntry
    var text: String
  }

  /// Texts that found entries in found ones, at most.
  private static let mostRounds = 5
  private static let mostFoundBytes = 64 << 10

  var book: LoreBook
  /// The branch as far as it is told, oldest first, each with its speaker's name before it.
  var lines: [String]
  /// Of them, and of what lies before them.
  var replies: Int
  var earlierLines: Int
  /// What chance depends on.
  var seed: UInt64
  /// In tokens.
  var budget: Int

  private var effort = LoreEffort()
  private var texts: [Window: LoreText] = [:]
  private var found = ""

  private struct Window: Hashable {
    var end: Int
    var depth: Int
    var withFound: Bool
  }

  init(book: LoreBook, lines: [String], replies: Int, earlierLines: Int, seed: UInt64, budget: Int) {
    self.book = book
    self.lines = lines
    self.replies = replies
    self.earlierLines = earlierLines
    self.seed = seed
    self.budget = budget
  }

  /// In the order of telling. `expand` makes the text of an entry that was found, and is called once for each.
  mutating func run(expand: (LoreEntry) -> String) -> [Told] {
    var told: [(told: Told, round: Int)] = []
    var open = book.entries
    var groups: Set<String> = []
    for round in 0..<Self.mostRounds {
      var fresh: [LoreEntry] = []
      open = open.filter { entry in
        guard mayCome(entry, round), isDue(entry), matches(entry, round) else { return true }
        // Who lost by chance does not try again in the next round.
        if entry.probability >= 100 || draw(100, entry, 1) < entry.probability { fresh.append(entry) }
        return false
      }
      fresh = winners(fresh, &groups)
      let texts = fresh.map { Told(entry: $0, text: expand($0)) }.filter { !$0.text.isBlank }
      told += texts.map { ($0, round) }
      let more = texts.filter { !$0.entry.preventsRecursion }.map(\.text).joined(separator: "\n")
      guard book.isRecursive, !more.isEmpty, found.utf8.count < Self.mostFoundBytes else { break }
      found += "\n" + more.prefix(bytes: Self.mostFoundBytes - found.utf8.count)
      self.texts = self.texts.filter { !$0.key.withFound }
    }
    return fitting(told).sorted { ($0.entry.order, $0.entry.index) < ($1.entry.order, $1.entry.index) }
  }

  static func tokens(_ text: String) -> Int { (text.utf8.count + 2) / 3 }

  // MARK: Whether one comes

  private func mayCome(_ entry: LoreEntry, _ round: Int) -> Bool {
    round == 0 ? !entry.onlyByRecursion : !entry.isExcludedFromRecursion
  }

  private func isDue(_ entry: LoreEntry) -> Bool {
    lines.count + earlierLines >= entry.delay && replies >= entry.afterReplies
      && replies % entry.everyReplies == 0
  }

  private mutating func matches(_ entry: LoreEntry, _ round: Int) -> Bool {
    if entry.isTimed { return isActive(entry) }
    return matches(entry, at: lines.count, withFound: round > 0)
  }

  /// Those that stay, rest or come once: what they did is what they would have done, line by line.
  private mutating func isActive(_ entry: LoreEntry) -> Bool {
    var (stays, rests) = (0, 0)
    var isActive = false
    for end in 1...max(1, lines.count) {
      if end <= stays {
        isActive = true
        continue
      }
      guard end > rests else {
        isActive = false
        continue
      }
      isActive = matches(entry, at: end, withFound: false)
      guard isActive else { continue }
      if entry.staysAfterMatch { return true }
      stays = end + entry.sticky
      rests = entry.comesOnce ? .max : stays + entry.cooldown
    }
    return isActive
  }

  private mutating func matches(_ entry: LoreEntry, at end: Int, withFound: Bool) -> Bool {
    let window = Window(end: end, depth: entry.scanDepth ?? book.scanDepth, withFound: withFound)
    let text = texts[window] ?? text(of: window)
    texts[window] = text
    func any(_ keys: [LoreKey]) -> Bool { keys.contains { $0.matches(text, &effort) } }
    guard entry.isConstant || any(entry.keys) else { return false }
    if !entry.additional.isEmpty, !any(entry.additional) { return false }
    if !entry.excluded.isEmpty, any(entry.excluded) { return false }
    guard !entry.secondary.isEmpty, !entry.isConstant else { return true }
    switch entry.logic {
    case .any: return any(entry.secondary)
    case .notAny: return !any(entry.secondary)
    case .all: return entry.secondary.allSatisfy { $0.matches(text, &effort) }
    case .notAll: return !entry.secondary.allSatisfy { $0.matches(text, &effort) }
    }
  }

  private func text(of window: Window) -> LoreText {
    var parts = Array(lines.prefix(window.end).suffix(window.depth))
    if window.withFound { parts.append(found) }
    // A letter that nobody types stands between them, so that no key reaches from one line into the next.
    return LoreText(parts.joined(separator: "\u{1}"))
  }

  // MARK: Which of them

  /// One of each group: who is said to win, else by weight and chance.
  private func winners(_ entries: [LoreEntry], _ taken: inout Set<String>) -> [LoreEntry] {
    var result = entries.filter { $0.group == nil }
    let groups = Dictionary(grouping: entries.filter { $0.group != nil }) { $0.group ?? "" }
    for (name, members) in groups.sorted(by: { $0.key < $1.key }) where taken.insert(name).inserted {
      let first = members.filter(\.winsGroup).max { $0.order < $1.order }
      let total = members.reduce(0) { $0 + $1.groupWeight }
      var rest = total > 0 ? draw(total, members[0], 2) : 0
      let drawn = members.first { member in
        rest -= member.groupWeight
        return rest < 0
      }
      if let winner = first ?? drawn ?? members.first { result.append(winner) }
    }
    return result
  }

  private func draw(_ count: Int, _ entry: LoreEntry, _ what: UInt64) -> Int {
    var chance = MacroChance(seed, what, UInt64(entry.index))
    return chance.below(count)
  }

  /// What is constant comes first, and always in the same way; then what the card holds for more important. The least important go.
  private func fitting(_ told: [(told: Told, round: Int)]) -> [Told] {
    let ranked = told.sorted { one, other in rank(one) > rank(other) }
    var left = budget
    var result: [Told] = []
    for candidate in ranked {
      left -= Self.tokens(candidate.told.text)
      guard left >= 0 else { break }
      result.append(candidate.told)
    }
    return result
  }

  private func rank(_ candidate: (told: Told, round: Int)) -> (Int, Int, Int, Int) {
    let entry = candidate.told.entry
    // Four numbers compare in turn: steadiness, the card's own word, nearness to what was said, place.
    return (
      entry.isSteady ? 2 : entry.goesFirst ? 0 : 1, entry.priority ?? entry.order, -candidate.round,
      entry.priority == nil ? -entry.index : entry.order
    )
  }
}
