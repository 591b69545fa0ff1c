import Model

/// What stands between a model's words and everybody else: each guard sees what the one before it let through, and what they take
/// away was never shown. The same words give the same text, however the provider cuts them into pieces.
struct ReplyGuards: Sendable {
  /// Why a reply is over before the model thought so.
  enum Ending: String, Sendable { case person, control, loop, length }

  private var tags: ControlTagFilter?
  private var name: NamePrefixFilter?
  private var person: PersonsLineFilter?
  private var boilerplate: BoilerplateFilter?
  private var loop: LoopDetector?
  private var length: LengthCap?
  private(set) var ending: Ending?

  /// `asked` is the person's line that is answered, `old` what the reply goes on with.
  init(_ context: TurnContext, asked: String?, after old: String) {
    let wanted = context.chat.settings.guards ?? GuardSettings()
    let persona = context.persona
    if wanted.tags ?? true { tags = ControlTagFilter() }
    // What goes on in the middle has no beginning to take a name off.
    if wanted.name ?? true, old.isEmpty { name = NamePrefixFilter(name: persona.nickname ?? persona.name) }
    if wanted.person ?? true { person = PersonsLineFilter(names: context.personsNames, after: old) }
    let card = [persona.description, persona.personality, persona.scenario, persona.systemPrompt].compactMap(
      \.self)
    if wanted.boilerplate ?? true, BoilerplateFilter.isWanted(persona: card, asked: asked) {
      boilerplate = BoilerplateFilter(after: old)
    }
    if wanted.loops ?? true { loop = LoopDetector() }
    if wanted.length ?? true, let tokens = context.chat.settings.maxTokens {
      length = LengthCap(tokens: tokens)
    }
  }

  /// Whether nothing but white space is held back.
  var isEmpty: Bool {
    (tags?.isEmpty ?? true) && (name?.isEmpty ?? true) && (person?.isEmpty ?? true)
      && (boilerplate?.isEmpty ?? true)
  }

  mutating func pass(_ piece: String) -> String {
    guard ending == nil else { return "" }
    var text = behindTags(tags?.pass(piece) ?? piece)
    if person?.hasStopped == true {
      ending = .person
      text += boilerplate?.flush() ?? ""
    } else if tags?.hasStopped == true {
      ending = .control
      text += drain()
    }
    return watched(text)
  }

  /// The reply is over: what was held back is text after all, but for what it becomes now that it is let through.
  mutating func flush() -> String {
    guard ending == nil else { return "" }
    return watched(behindTags(tags?.flush() ?? "") + drain())
  }

  private mutating func behindTags(_ piece: String) -> String { behindName(name?.pass(piece) ?? piece) }

  private mutating func behindName(_ piece: String) -> String {
    let text = person?.pass(piece) ?? piece
    return boilerplate?.pass(text) ?? text
  }

  private mutating func drain() -> String {
    var text = behindName(name?.flush() ?? "")
    if let rest = person?.flush() { text += boilerplate?.pass(rest) ?? rest }
    return text + (boilerplate?.flush() ?? "")
  }

  /// What is shown, as the guards that end a reply see it.
  private mutating func watched(_ text: String) -> String {
    if let rest = length?.last(of: text) {
      ending = ending ?? .length
      return rest
    }
    if ending == nil, loop?.notices(text) == true { ending = .loop }
    return text
  }
}
