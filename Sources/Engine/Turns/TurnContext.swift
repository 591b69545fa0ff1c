import Base
import Model
import Providers
import Store

/// What a turn is made of, read in one snapshot while the chat's lock is held.
struct TurnContext: Sendable {
  /// With its settings complete.
  var chat: Chat
  var persona: Persona
  /// What its version keeps of it in few words; nil where nothing has been made or written.
  var roleplay: CompanionVersion.Roleplay?
  /// The last message of the branch that is told; nil where there is none.
  var leaf: ULID?
  /// From the window's beginning to the leaf, hidden lines left out.
  var history: [PromptBuilder.Line]
  var omitted: Int
  /// After the branch's last line.
  var scene = SceneState()
  /// The person's lines on the branch so far.
  var userLines: Int
  /// When the turn was asked for, and how far the companion's clocks are from Greenwich then.
  var now = Timestamp(milliseconds: 0)
  var zone = Duration.zero
  /// What may be said of this companion to this owner.
  var rule: RatingRule?
  /// Which of the replies to the same line this one is.
  var siblingIndex = 0
  /// There is no room for the card's examples.
  var leavesOutExamples = false
  /// Tokens that the lorebook may take; nil where the model's window is not known.
  var loreBudget: Int?
  /// The parts of the line that is answered: what the person shows with it is told with it.
  var shown: [Part] = []

  /// The branch that ends with `leaf`; nil is before its first line. `shown` are the parts of the line that is answered. On a
  /// reader's thread.
  static func read(
    _ snapshot: some Reading, _ chat: Chat, upTo leaf: ULID?, showing shown: [Part] = []
  ) throws -> TurnContext {
    let version = try snapshot.version(chat.version, of: chat.companion)
    let persona = version.persona
    let scene = try leaf.flatMap { try snapshot.scene(at: $0, in: chat.id)?.state }
    let told = try leaf.map { try ToldHistory.read(snapshot, chat, upTo: $0) }
    let lines = told?.lines ?? []
    var context = TurnContext(
      chat: chat, persona: persona, roleplay: version.roleplay, leaf: leaf,
      history: lines.map { .init(id: $0.id, role: $0.role, text: $0.text) },
      omitted: told?.omitted ?? 0, scene: scene ?? SceneDawn.state(of: persona),
      userLines: lines.count { $0.role == .user }, shown: shown)
    context.rule = RatingRule(
      try snapshot.contentRating(), for: version, of: chat.companion, alsoSaid: chat.settings.scenario)
    return context
  }

  /// What a line of the person's begins with in a script.
  var personsNames: [String] {
    guard let name = chat.settings.user?.name, name != PromptBuilder.nobody,
      name.contains(where: { !$0.isWhitespace })
    else { return [PromptBuilder.nobody] }
    return [name, PromptBuilder.nobody]
  }

  /// What stands after the branch's last line.
  enum Ending: Sendable {
    /// One more line of the person.
    case line(String)
    /// Nothing, or what the person wants of the reply.
    case reply(instruction: String?)
    /// The branch has no line yet: the companion opens.
    case opening(instruction: String?)
    /// The last line is to go on.
    case continuation
  }

  /// The request as it would be with one more line of the person.
  func request(adding text: String) -> ChatRequest { request(.line(text)) }

  /// The same without the examples, and then with fewer lines, when they would not fit into what the model reads: then so many lines go
  /// that 60 % of it are used, and the next turns can begin alike. `tokens` estimates; nothing is cut where the model's window is not known.
  func fitted(
    _ ending: Ending, into window: Int?, tokens: (_ bytes: Int) -> Int
  ) -> TurnContext {
    guard let window else { return self }
    var fitted = self
    // A quarter of what the model reads, as users of other programs expect.
    fitted.loreBudget = window / 4
    let budget = max(256, window - maxTokens - 64)
    func size(_ context: TurnContext) -> Int {
      context.builder(ending).build().sections.reduce(0) { $0 + $1.text.utf8.count + 16 }
    }
    var bytes = size(fitted)
    // Where lines have had to go, they do not come back to be pushed out again: each time costs a cache its beginning.
    if persona.exampleDialogue != nil, tokens(bytes) > (omitted > 0 ? budget * 3 / 5 : budget) {
      fitted.leavesOutExamples = true
      bytes = size(fitted)
    }
    guard tokens(bytes) > budget else { return fitted }
    // The line that is answered, or gone on with, is told whatever it costs.
    let kept = if case .line = ending { 0 } else { 1 }
    while tokens(bytes) > budget * 3 / 5, fitted.history.count > kept {
      bytes -= fitted.history.removeFirst().text.utf8.count + 16
      fitted.omitted += 1
    }
    return fitted
  }

  private var maxTokens: Int { chat.settings.maxTokens ?? PromptDefaults().maxTokens }

  func builder(_ ending: Ending) -> PromptBuilder {
    var told = history
    var userLines = userLines
    switch ending {
    case .line(let text):
      told.append(.init(role: .user, text: text))
      userLines += 1
    case .reply(let instruction):
      if let instruction { told.append(.init(role: .system, text: instruction)) }
    case .opening(let instruction):
      let wish = "Open the conversation with a first line of your own, unlike any before."
      told.append(.init(role: .system, text: [wish, instruction].compactMap(\.self).joined(separator: " ")))
    case .continuation:
      told.append(
        .init(
          role: .system, text: "Go on with your last line exactly where it ends. Repeat nothing of it."))
    }
    var builder = PromptBuilder(
      persona: persona, user: chat.settings.user, mode: chat.mode, note: chat.settings.note,
      userLines: userLines, history: told, omitted: omitted)
    builder.context = shown
    builder.roleplay = roleplay
    builder.leavesOutExamples = leavesOutExamples
    builder.scenario = chat.settings.scenario
    builder.scene = scene
    builder.loreBudget = loreBudget
    builder.rule = rule
    builder.time = MacroTime(now: now, offset: zone)
    builder.chatSeed = MacroChance.hash(chat.id.description)
    builder.placeSeed = MacroChance.hash("\(chat.id) \(leaf?.description ?? "") \(siblingIndex)")
    return builder
  }

  /// What macros have set by the end of that prompt; nil where it is what they had set before.
  func variables(of prompt: Prompt) -> [String: String]? {
    prompt.variables == scene.variables ?? [:] ? nil : prompt.variables
  }

  func request(_ ending: Ending) -> ChatRequest { request(builder(ending).build()) }

  func request(_ prompt: Prompt) -> ChatRequest {
    var sampling = chat.settings.sampling ?? Sampling()
    sampling.stop = (sampling.stop ?? []) + prompt.stops
    let messages = prompt.sections.enumerated().map { index, section in
      ChatRequest.Message(
        ChatRequest.Role(rawValue: section.role.rawValue) ?? .system, section.text,
        endsStablePrefix: index == prompt.stable - 1)
    }
    return ChatRequest(
      messages, sampling: sampling, maxTokens: maxTokens,
      stage: .init(
        companion: persona.nickname ?? persona.name, user: chat.settings.user?.name ?? "",
        description: persona.description ?? "", personality: persona.personality ?? "",
        outfit: VisibleOutfit(scene.outfit).visible.map(\.name), location: scene.location,
        action: scene.action))
  }
}
