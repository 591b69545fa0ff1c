import Model

/// Where lore stands in a prompt: what is always told among what never changes, so that caches keep it; what the last lines called up
/// behind the history, or in it where the card names a depth.
extension PromptBuilder {
  /// Tokens that lore may take where neither the book nor the model's window says.
  static let usualLoreBudget = 1_024

  struct Lore {
    var before: [Prompt.Section] = []
    var after: [Prompt.Section] = []
    var called: [Prompt.Section] = []
    /// So many lines before the end.
    var placed: [(depth: Int, section: Prompt.Section)] = []
    /// By the names under which a card's texts ask for them.
    var outlets: [String: String] = [:]
  }

  func lore(_ macros: inout MacroExpander) -> Lore {
    var result = Lore()
    if let note = characterNote(&macros) { result.placed.append(note) }
    guard let value = persona.lorebook else { return result }
    let book = LoreBooks.book(value) { key in
      key.contains("{{") ? macros.expand(key, section: "lore key") : key
    }
    guard !book.entries.isEmpty else { return result }
    let spoken = history.map { line in
      switch line.role {
      case .user: "\(userName): \(line.text)"
      case .assistant: "\(name): \(line.text)"
      case .system, .narrator: line.text
      }
    }
    var scan = LoreScan(
      book: book, lines: spoken, replies: history.count { $0.role == .assistant } + omitted / 2,
      earlierLines: omitted, seed: placeSeed, budget: book.budget ?? loreBudget ?? Self.usualLoreBudget)
    let told = scan.run { macros.expand($0.content, section: "lore \($0.index)") }
    for told in told { place(told, in: &result) }
    // Among those that were called up, what belongs before the character still does.
    let called = told.filter { !$0.entry.isSteady }
    result.called =
      called.filter { $0.entry.place == .beforeCharacter }.map { section($0) }
      + called.filter { $0.entry.place == .afterCharacter }.map { section($0) }
    return result
  }

  private func place(_ told: LoreScan.Told, in lore: inout Lore) {
    switch told.entry.place {
    case .depth(let depth, let role): lore.placed.append((depth, section(told, role)))
    case .outlet(let name): lore.outlets[name] = (lore.outlets[name].map { "\($0)\n" } ?? "") + told.text
    case .beforeCharacter where told.entry.isSteady: lore.before.append(section(told))
    case .afterCharacter where told.entry.isSteady: lore.after.append(section(told))
    default: break
    }
  }

  private func section(_ told: LoreScan.Told, _ role: Prompt.Role = .system) -> Prompt.Section {
    .init("lore", role, told.text, source: "persona.lorebook: \(told.entry.name.prefix(60))")
  }

  /// What a card's maker wants said at a depth with every turn, where SillyTavern keeps it.
  private func characterNote(
    _ macros: inout MacroExpander
  ) -> (depth: Int, section: Prompt.Section)? {
    guard let note = persona.extensions?["depth_prompt"], let text = note["prompt"]?.string, !text.isBlank
    else {
      return nil
    }
    let role = note["role"]?.string.flatMap(Prompt.Role.init) ?? .system
    let depth = Int(min(max(0, note["depth"]?.integer ?? 4), 10_000))
    let said = macros.expand(text, section: "characterNote")
    return (depth, .init("characterNote", role, said, source: "persona.extensions.depth_prompt"))
  }

  /// Puts each before so many lines from the end; lines are counted, not what stands between them.
  static func insert(_ placed: [(depth: Int, section: Prompt.Section)], into sections: inout [Prompt.Section])
  {
    for (depth, section) in placed {
      var (at, left) = (sections.count, depth)
      while left > 0, at > 0 {
        at -= 1
        if sections[at].name == "history" { left -= 1 }
      }
      sections.insert(section, at: at)
    }
  }
}
