package import Base
package import Model

/// Makes the prompt of a turn out of what the chat is. Pure: the same in, the same out, and nothing else is read.
package struct PromptBuilder: Sendable {
  package var persona: Persona
  package var user: UserPersona?
  package var mode: Chat.Mode
  package var note: AuthorNote?
  /// The persona in few words, as its version keeps them; nil takes the card's own. Conversations are told these, stories the card.
  package var roleplay: CompanionVersion.Roleplay?
  /// Where this chat takes place, when that is not what the card says.
  package var scenario: String?
  /// How many of the person's lines the branch has, for a note that comes with every so many.
  package var userLines: Int
  /// The branch from its oldest kept line to the tip, hidden lines left out.
  package var history: [Line]
  /// What the person has at hand with the newest line.
  package var context: [Part] = []
  /// As it is before the reply.
  package var scene: SceneState?
  /// What may be said; nil says nothing of it.
  var rule: RatingRule?
  /// Where the companion lives.
  var time = MacroTime(now: Timestamp(milliseconds: 0))
  /// What the macros' chance depends on: the chat, and this place in it.
  var chatSeed: UInt64 = 0
  var placeSeed: UInt64 = 0
  package var omitted: Int
  /// The examples of how the companion talks are the first to go when there is no room: by then the history shows it.
  package var leavesOutExamples = false
  /// Tokens that the lorebook may take where it does not say so itself.
  var loreBudget: Int?

  package struct Line: Sendable, Hashable {
    package var id: ULID?
    package var role: Message.Role
    package var text: String

    package init(id: ULID? = nil, role: Message.Role, text: String) {
      self.id = id
      self.role = role
      self.text = text
    }
  }

  /// What the person is called who has not said.
  static let nobody = "User"

  package init(
    persona: Persona, user: UserPersona? = nil, mode: Chat.Mode = .roleplay, note: AuthorNote? = nil,
    userLines: Int = 0, history: [Line], omitted: Int = 0
  ) {
    self.persona = persona
    self.user = user
    self.mode = mode
    self.note = note
    self.userLines = userLines
    self.history = history
    self.omitted = omitted
  }

  package func build() -> Prompt {
    var macros = expander
    let lore = self.lore(&macros)
    macros.outlets = lore.outlets
    var sections = opening(&macros, lore)
    let stable = sections.count
    sections += told(&macros, lore)
    sections += lore.called
    if let scene, let text = SceneLine.text(of: scene, name: name) {
      sections.append(.init("scene", .system, text, source: "state"))
    }
    if let after = nonEmpty(persona.postHistory) {
      let text = macros.expand(after, section: "postHistory")
      sections.append(.init("postHistory", .system, text, source: "persona.postHistory"))
    }
    return Prompt(
      sections: sections, stable: stable, omitted: omitted, variables: macros.variables,
      stops: ["\n\(userName):"])
  }

  // MARK: Before the history

  /// Changes only with the companion's version and the person: the part that caches keep.
  private func opening(_ macros: inout MacroExpander, _ lore: Lore) -> [Prompt.Section] {
    var sections: [Prompt.Section] = []
    func add(_ name: String, _ text: String?, source: String) {
      guard let text = nonEmpty(text) else { return }
      let expanded = macros.expand(text, section: name)
      sections.append(.init(name, .system, expanded, source: source))
    }
    // What a card's own prompt may take in.
    macros.values["original"] = frame
    add("system", nonEmpty(persona.systemPrompt) ?? frame, source: "persona.systemPrompt")
    macros.values["original"] = nil
    // Neither a card nor a chat can do without it, so it stands apart from the system prompt that a card may bring.
    if let rule = rule?.instruction(name: name, userName: userName) {
      sections.append(.init("rating", .system, rule, source: "settings.rating"))
    }
    sections += lore.before
    let few = fewWords
    sections += few.map { told("persona", "\(name): ", $0.summary, $0, "persona.description", &macros) } ?? []
    if few == nil {
      add("persona", persona.description.map { "\(name): \($0)" }, source: "persona.description")
    }
    add(
      "personality", persona.personality.map { "[\(name)'s personality: \($0)]" },
      source: "persona.personality"
    )
    add("behaviour", persona.behaviour.map { "How \(name) behaves: \($0)" }, source: "persona.behaviour")
    if let few {
      sections += told(
        "appearance", "\(name)'s appearance: ", few.appearance, few, "persona.appearance", &macros)
    } else {
      add(
        "appearance", persona.appearance.map { "\(name)'s appearance: \($0)" }, source: "persona.appearance")
    }
    if let scenario = nonEmpty(scenario) {
      add("scenario", "[The scenario: \(scenario)]", source: "settings.scenario")
    } else if let few, let scenario = few.scenario {
      sections += told("scenario", "[The scenario: ", scenario, few, "persona.scenario", &macros, end: "]")
    } else {
      add("scenario", persona.scenario.map { "[The scenario: \($0)]" }, source: "persona.scenario")
    }
    sections += lore.after
    if let user { add("user", described(user), source: "settings.user") }
    if !leavesOutExamples {
      add("examples", persona.exampleDialogue.flatMap(examples), source: "persona.exampleDialogue")
    }
    return sections
  }

  /// What a conversation is told of the persona.
  private var fewWords: CompanionVersion.Roleplay? {
    guard mode == .roleplay else { return nil }
    return roleplay ?? DerivedRoleplay(persona).roleplay(at: Timestamp(milliseconds: 0))
  }

  /// One of its members. What a model wrote is no template: only the two names are filled in. Its source says where it is from, and of
  /// the card's own words whether they stand in for what a model has not made yet.
  private func told(
    _ section: String, _ label: String, _ text: String, _ few: CompanionVersion.Roleplay, _ field: String,
    _ macros: inout MacroExpander, end: String = ""
  ) -> [Prompt.Section] {
    guard let text = nonEmpty(text) else { return [] }
    let isDerived = few.generatedBy == CompanionVersion.Roleplay.derived
    let member: DerivedRoleplay.Member =
      section == "persona" ? .summary : section == "appearance" ? .appearance : .scenario
    let source =
      !isDerived
      ? "roleplay.\(member.rawValue)"
      : DerivedRoleplay(persona).wanted.contains(member) ? "\(field), derived" : field
    let expanded =
      isDerived || few.isByHand
      ? macros.expand(label + text + end, section: section)
      : label + text.replacing("{{char}}", with: name).replacing("{{user}}", with: userName) + end
    return [.init(section, .system, expanded, source: source)]
  }

  /// What holds where a companion brings no system prompt of its own.
  private var frame: String {
    switch mode {
    case .roleplay:
      "You are \(name) in a conversation with \(userName). Write only what \(name) says and does next, and never "
        + "speak or act for \(userName). What \(name) does stands between *asterisks*. Stay in character, and in the "
        + "language of the conversation."
    case .story:
      "You tell a story together with \(userName), in which \(name) takes part. Go on from where it stands, in the third "
        + "person and the past tense, with speech in quotation marks. Leave what \(userName) does to \(userName), and keep to "
        + "the language of the story."
    }
  }

  /// Each block of a card's examples behind a line of its own, and the conversation itself set apart from them.
  private func examples(_ text: String) -> String? {
    var blocks: [[Substring]] = [[]]
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      if String(line).trimmed.lowercased() == "<start>" {
        blocks.append([])
      } else {
        blocks[blocks.count - 1].append(line)
      }
    }
    let told = blocks.map { $0.joined(separator: "\n").trimmed }.filter { !$0.isEmpty }
    guard !told.isEmpty else { return nil }
    let examples = told.map { "[An example of how \(name) talks]\n\($0)" }
    return examples.joined(separator: "\n") + "\n[The \(mode == .story ? "story" : "conversation") itself]"
  }

  private func described(_ user: UserPersona) -> String {
    let who = mode == .story ? "\(userName) is in the story." : "\(userName) is the person you talk to."
    let facts = [nonEmpty(user.appearance).map { "Looks: \($0)." }, nonEmpty(user.overview)]
    return ([who] + facts.compactMap(\.self)).joined(separator: " ")
  }

  // MARK: The history

  /// Whole lines, oldest first, with the author's note at its depth: so many lines before the end.
  private func told(_ macros: inout MacroExpander, _ lore: Lore) -> [Prompt.Section] {
    var sections = history.map { line in
      let role: Prompt.Role =
        switch line.role {
        case .user: .user
        case .assistant: .assistant
        case .system, .narrator: .system
        }
      return Prompt.Section("history", role, line.text, source: line.id?.description ?? "this turn")
    }
    // Right before the line it belongs to: what changes with every turn comes last.
    let place = sections.lastIndex { $0.role == .user } ?? sections.count
    sections.insert(contentsOf: context.compactMap(shown), at: place)
    if let note, nonEmpty(note.text) != nil, isDue(note) {
      let role: Prompt.Role =
        switch note.role ?? .system {
        case .system: .system
        case .user: .user
        case .assistant: .assistant
        }
      let depth = min(max(0, note.depth ?? 4), sections.count)
      let text = macros.expand(note.text, section: "authorsNote")
      sections.insert(
        .init("authorsNote", role, text, source: "settings.note"), at: sections.count - depth)
    }
    Self.insert(lore.placed, into: &sections)
    return sections
  }

  private func shown(_ part: Part) -> Prompt.Section? {
    guard case .context(let kind, let title, let text) = part else { return nil }
    let what = title.map { "\(kind) “\($0)”" } ?? kind
    return .init("context", .system, "\(userName) shows a \(what):\n\(text)", source: "message.send context")
  }

  private func isDue(_ note: AuthorNote) -> Bool {
    let every = note.every ?? 1
    return every > 0 && userLines % every == 0
  }

  // MARK: Names

  var name: String { nonEmpty(persona.nickname) ?? persona.name }
  var userName: String { nonEmpty(user?.name) ?? Self.nobody }

  /// For the owner's and the card's text only, never for what was said.
  private var expander: MacroExpander {
    func last(_ role: Message.Role?) -> String { history.last { role == nil || $0.role == role }?.text ?? "" }
    var values = [
      "char": name, "user": userName, "notchar": userName, "group": name, "charifnotgroup": name,
      "persona": user?.overview ?? "", "description": persona.description ?? "",
      "personality": persona.personality ?? "",
      "scenario": nonEmpty(scenario) ?? persona.scenario ?? "",
      "mesexamples": persona.exampleDialogue ?? "", "charfirstmessage": persona.greetings?.first ?? "",
      "lastmessage": last(nil), "lastusermessage": last(.user), "lastcharmessage": last(.assistant),
    ]
    values["lastmessageid"] = history.last?.id?.description ?? ""
    return MacroExpander(
      values: values, time: time, placeSeed: placeSeed, chatSeed: chatSeed, variables: scene?.variables ?? [:]
    )
  }

  private func nonEmpty(_ text: String?) -> String? {
    guard let text, text.contains(where: { !$0.isWhitespace }) else { return nil }
    return text
  }
}
