import Base
import Model
import Store

/// What a new chat begins with where the call says nothing.
package enum NewChatDefaults: String, Sendable, CaseIterable {
  /// What the person set as their own for new chats, and who they are.
  case mine
  /// Nothing; and what is chosen for such a chat is no default of the next.
  case none
}

/// A chat that was begun, and the owner's settings where they changed with it.
struct OpenedChat: Sendable {
  let chat: Chat
  var settings: SettingsApplied?

  func events(_ owner: Owner, _ origin: Origin? = nil) -> [Event] {
    var subjects: [Event.Subject] = [.chatCreated(chat)]
    if let settings { subjects.append(.settingsChanged(settings.settings, changed: settings.members)) }
    return subjects.map { Event(owner: owner, $0, origin: origin) }
  }
}

/// A chat that is to begin, carried out in one commit: by `chat.create`, and by a send to a companion that has none yet.
struct NewChatPlan: Sendable {
  var companion: String
  var title: String?
  var mode: Chat.Mode?
  var settings: ChatSettings?
  var version: Int?
  var greeting: Int?
  var takes = NewChatDefaults.mine

  func carryOut(_ transaction: Transaction, _ ids: ULIDMaker) throws -> OpenedChat {
    let companion = try transaction.companion(named: companion)
    let version = try transaction.version(version ?? companion.version, of: companion.id)
    let greetings = (version.persona.greetings ?? []).filter { $0.contains { !$0.isWhitespace } }
    if let greeting, !greetings.indices.contains(greeting) {
      throw EngineError.invalid(path: "greeting", expected: "an index below \(greetings.count)")
    }
    let own = try transaction.settings()
    let chat = try transaction.insert(
      NewChat(
        id: ids.make(), companion: companion.id, version: version.version, title: title ?? Chat.untitled,
        mode: mode ?? .roleplay, settings: merged(with: own)))
    let chosen = greeting ?? 0
    let fresh = expander(version.persona, chat, transaction.now)
    for (index, text) in greetings.enumerated() {
      var macros = fresh
      // What stands in the chat is what was said: names are filled in once, when it is said.
      let said = macros.expand(text, section: "greeting \(index)")
      var message = NewMessage(
        id: ids.make(), chat: chat.id, parent: nil, role: .assistant,
        parts: [.text(said.contains { !$0.isWhitespace } ? said : text)])
      message.companion = companion.id
      message.becomesHead = index == chosen
      let stored = try transaction.insert(message)
      // What an opening sets holds on its own branch.
      if !macros.variables.isEmpty { _ = try transaction.keep(variables: macros.variables, of: stored) }
    }
    var opened = OpenedChat(chat: try transaction.chat(chat.id))
    if own.reuse, takes == .mine, let settings {
      opened.settings = try Self.remember(settings, over: own, transaction)
    }
    return opened
  }

  private func expander(_ persona: Persona, _ chat: Chat, _ now: Timestamp) -> MacroExpander {
    let values = [
      "char": persona.nickname ?? persona.name, "user": chat.settings.user?.name ?? "User",
      "persona": chat.settings.user?.overview ?? "", "description": persona.description ?? "",
      "personality": persona.personality ?? "",
      "scenario": chat.settings.scenario ?? persona.scenario ?? "",
    ]
    let seed = MacroChance.hash(chat.id.description)
    return MacroExpander(
      values: values, time: MacroTime(now: now, offset: TimeZones.offset(persona.timezone, at: now)),
      placeSeed: seed, chatSeed: seed)
  }

  /// Who wants that finds in the next chat what they chose in this one. Members that were not chosen stay as they are.
  private static func remember(
    _ chosen: ChatSettings, over own: Settings, _ transaction: Transaction
  ) throws -> SettingsApplied? {
    // Where one chat takes place is nothing for the next.
    var chosen = chosen
    chosen.scenario = nil
    let defaults = chosen.over(own.defaults ?? ChatSettings())
    let applied = try transaction.apply(SettingsPatch(defaults: .set(defaults)))
    return applied.members.isEmpty ? nil : applied
  }

  /// What this call says, over what the person set as their own for new chats.
  private func merged(with own: Settings) -> ChatSettings {
    let chosen = settings ?? ChatSettings()
    guard takes == .mine else { return chosen }
    var result = chosen.over(own.defaults ?? ChatSettings())
    if result.user == nil { result.user = own.user }
    return result
  }
}

extension ChatSettings {
  /// These members where they are there, the other's where not.
  fileprivate func over(_ other: ChatSettings) -> ChatSettings {
    var result = other
    result.model = model ?? other.model
    result.user = user ?? other.user
    result.illustrate = illustrate ?? other.illustrate
    result.maxTokens = maxTokens ?? other.maxTokens
    result.sampling = sampling ?? other.sampling
    result.note = note ?? other.note
    result.contextMessages = contextMessages ?? other.contextMessages
    result.analysis = analysis ?? other.analysis
    result.guards = guards ?? other.guards
    result.scenario = scenario ?? other.scenario
    return result
  }
}
