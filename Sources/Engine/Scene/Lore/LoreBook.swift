import Model

/// A character book as it is used: what may be told, and when.
struct LoreBook: Sendable {
  static let mostEntries = 10_000
  /// Messages that are looked at where neither the book nor the entry says.
  static let usualDepth = 2

  var entries: [LoreEntry] = []
  var scanDepth = LoreBook.usualDepth
  /// In tokens; nil where the book says nothing.
  var budget: Int?
  var isRecursive = false

  /// From a persona's book, whatever is in it: what makes no sense is not told. `expand` fills names into keys.
  init(_ value: JSONValue, expand: (String) -> String) {
    guard case .object(let book) = value else { return }
    if let depth = book["scan_depth"]?.integer { scanDepth = Int(min(max(0, depth), 1_000)) }
    if let tokens = book["token_budget"]?.integer, tokens > 0 { budget = Int(min(tokens, 1 << 20)) }
    isRecursive = book["recursive_scanning"]?.flag ?? false
    for (index, entry) in (book["entries"]?.array ?? []).prefix(Self.mostEntries).enumerated() {
      if let entry = LoreEntry(entry, index: index, expand: expand) { entries.append(entry) }
    }
  }
}

/// One piece of lore.
struct LoreEntry: Sendable {
  enum Place: Sendable, Hashable {
    case beforeCharacter, afterCharacter
    /// So many messages before the end.
    case depth(Int, Prompt.Role)
    /// Where `{{outlet::name}}` stands, and nowhere else.
    case outlet(String)
  }

  /// What the further keys must do, as SillyTavern counts them.
  enum Logic: Int64, Sendable { case any, notAll, notAny, all }

  /// For people: what the card calls it, else its first key.
  var name: String
  var index: Int
  var keys: [LoreKey] = []
  var secondary: [LoreKey] = []
  var logic = Logic.any
  /// At least one of these as well.
  var additional: [LoreKey] = []
  /// None of these.
  var excluded: [LoreKey] = []
  var content = ""
  var isConstant = false
  var order = 0
  var priority: Int?
  var place = Place.afterCharacter
  var scanDepth: Int?
  /// In percent.
  var probability = 100
  var group: String?
  var groupWeight = 100
  var winsGroup = false
  var isExcludedFromRecursion = false
  var preventsRecursion = false
  var onlyByRecursion = false
  /// Messages it stays for, messages it then rests for, messages the chat must have.
  var sticky = 0
  var cooldown = 0
  var delay = 0
  /// Once matched it stays, or never comes again.
  var staysAfterMatch = false
  var comesOnce = false
  /// Replies there must have been; with every so many of them.
  var afterReplies = 0
  var everyReplies = 1
  var goesFirst = false

  /// Whether it depends on nothing that changes from turn to turn.
  var isSteady: Bool {
    isConstant && probability >= 100 && group == nil && delay == 0 && afterReplies == 0 && everyReplies == 1
      && !onlyByRecursion && !isTimed && additional.isEmpty && excluded.isEmpty
  }

  var isTimed: Bool { sticky > 0 || cooldown > 0 || staysAfterMatch || comesOnce }

  /// Nil for one that is switched off, says nothing, or can never come.
  init?(_ value: JSONValue, index: Int, expand: (String) -> String) {
    guard case .object(let entry) = value, entry["enabled"]?.flag ?? true,
      let written = entry["content"]?.string
    else { return nil }
    let decorators = LoreDecorators.read(written)
    guard !decorators.text.isBlank, !decorators.has("dont_activate") else { return nil }
    let own = entry["extensions"]?.object ?? [:]
    let texts = Self.texts(entry["keys"])
    name =
      [entry["comment"]?.string, entry["name"]?.string, texts.first].compactMap { $0 }.first { !$0.isBlank }
      ?? "entry \(index + 1)"
    self.index = index
    content = decorators.text
    order = Int(clamping: entry["insertion_order"]?.integer ?? 0)
    priority = entry["priority"]?.integer.map { Int(clamping: $0) }
    readKeys(entry, own, texts, decorators, expand)
    readPlace(entry, own, decorators)
    readTimes(own, decorators)
    if own["useProbability"]?.flag ?? true, let percent = own["probability"]?.integer {
      probability = Int(min(max(0, percent), 100))
    }
    if let group = own["group"]?.string, !group.isBlank { self.group = group.trimmed }
    groupWeight = Int(min(max(0, own["group_weight"]?.integer ?? 100), 10_000))
    winsGroup = own["group_override"]?.flag ?? false
    isExcludedFromRecursion = own["exclude_recursion"]?.flag ?? false
    preventsRecursion = own["prevent_recursion"]?.flag ?? false
    onlyByRecursion = own["delay_until_recursion"]?.flag ?? false
    guard isConstant || !keys.isEmpty || staysAfterMatch else { return nil }
  }

  private mutating func readKeys(
    _ entry: [String: JSONValue], _ own: [String: JSONValue], _ texts: [String], _ decorators: LoreDecorators,
    _ expand: (String) -> String
  ) {
    var manner = LoreKey.Manner()
    manner.isCaseSensitive = entry["case_sensitive"]?.flag ?? own["case_sensitive"]?.flag ?? false
    manner.isWhole = own["match_whole_words"]?.flag ?? false
    manner.isPattern = LoreKey.isPattern(entry)
    func made(_ texts: [String]) -> [LoreKey] {
      texts.prefix(1_000).filter { !$0.isBlank }.map { LoreKey(expand($0.trimmed), manner) }
    }
    keys = made(texts)
    // The standard: with patterns there are neither further keys nor constants.
    if manner.isPattern {
      // And one bad pattern spoils the entry.
      if keys.contains(where: { if case .never = $0 { true } else { false } }) { keys = [.never] }
    } else {
      isConstant = entry["constant"]?.flag ?? false
      if entry["selective"]?.flag ?? false { secondary = made(Self.texts(entry["secondary_keys"])) }
      logic = own["selectiveLogic"]?.integer.flatMap(Logic.init) ?? .any
    }
    if decorators.has("activate") { isConstant = true }
    additional = made(decorators.list("additional_keys"))
    excluded = made(decorators.list("exclude_keys"))
    scanDepth = (decorators.number("scan_depth") ?? own["scan_depth"]?.integer.map { Int(clamping: $0) })
      .map { min(max(0, $0), 1_000) }
  }

  private mutating func readPlace(
    _ entry: [String: JSONValue], _ own: [String: JSONValue], _ decorators: LoreDecorators
  ) {
    if entry["position"]?.string == "before_char" { place = .beforeCharacter }
    let number = own["role"]?.integer
    let role =
      decorators.word("role") ?? own["role"]?.string
      ?? (number == 1 ? "user" : number == 2 ? "assistant" : "")
    let depth = min(max(0, decorators.number("depth") ?? Int(clamping: own["depth"]?.integer ?? 4)), 10_000)
    switch own["position"]?.integer {
    case 0: place = .beforeCharacter
    case 1: place = .afterCharacter
    case 7:
      if let name = own["outlet_name"]?.string.map(\.trimmed), !name.isEmpty { place = .outlet(name) }
    // Around the author's note, and at a depth of its own.
    case 2, 3, 4: place = .depth(depth, Prompt.Role(rawValue: role) ?? .system)
    default: break
    }
    switch decorators.word("position") {
    case "before_desc": place = .beforeCharacter
    case .some: place = .afterCharacter
    case nil: break
    }
    if decorators.number("depth") != nil { place = .depth(depth, Prompt.Role(rawValue: role) ?? .system) }
  }

  private mutating func readTimes(_ own: [String: JSONValue], _ decorators: LoreDecorators) {
    func messages(_ name: String) -> Int { Int(min(max(0, own[name]?.integer ?? 0), 10_000)) }
    (sticky, cooldown, delay) = (messages("sticky"), messages("cooldown"), messages("delay"))
    staysAfterMatch = decorators.has("keep_activate_after_match")
    comesOnce = decorators.has("dont_activate_after_match")
    afterReplies = max(0, decorators.number("activate_only_after") ?? 0)
    everyReplies = max(1, decorators.number("activate_only_every") ?? 1)
    goesFirst = decorators.has("ignore_on_max_context")
  }

  private static func texts(_ value: JSONValue?) -> [String] {
    value?.array?.compactMap(\.string) ?? value?.string.map { [$0] } ?? []
  }
}

extension JSONValue {
  /// What programs write for yes and no.
  fileprivate var flag: Bool? {
    switch self {
    case .bool(let flag): flag
    case .integer(let number): number != 0
    default: nil
    }
  }
}
