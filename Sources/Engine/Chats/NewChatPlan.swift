import Base
import Model
import Store

/// A chat that is to begin, carried out in one commit: by `chat.create`, and by a send to a companion that has none yet.
struct NewChatPlan: Sendable {
  var companion: String
  var title: String?
  var mode: Chat.Mode?
  var settings: ChatSettings?
  var version: Int?
  var greeting: Int?

  func carryOut(_ transaction: Transaction, _ ids: ULIDMaker) throws -> Chat {
    let companion = try transaction.companion(named: companion)
    let version = try transaction.version(version ?? companion.version, of: companion.id)
    let greetings = (version.persona.greetings ?? []).filter { $0.contains { !$0.isWhitespace } }
    if let greeting, !greetings.indices.contains(greeting) {
      throw EngineError.invalid(path: "greeting", expected: "an index below \(greetings.count)")
    }
    let chat = try transaction.insert(
      NewChat(
        id: ids.make(), companion: companion.id, version: version.version, title: title ?? Chat.untitled,
        mode: mode ?? .roleplay, settings: try merged(transaction)))
    let chosen = greeting ?? 0
    for (index, text) in greetings.enumerated() {
      var message = NewMessage(
        id: ids.make(), chat: chat.id, parent: nil, role: .assistant, parts: [.text(text)])
      message.companion = companion.id
      message.becomesHead = index == chosen
      _ = try transaction.insert(message)
    }
    if let settings { try Self.remember(settings, transaction) }
    return try transaction.chat(chat.id)
  }

  /// Who wants that finds in the next chat what they chose in this one. Members that were not chosen stay as they are.
  static func remember(_ chosen: ChatSettings, _ transaction: Transaction) throws {
    let own = try transaction.settings()
    guard own.reuse else { return }
    var defaults = own.defaults ?? ChatSettings()
    defaults.model = chosen.model ?? defaults.model
    defaults.user = chosen.user ?? defaults.user
    defaults.illustrate = chosen.illustrate ?? defaults.illustrate
    defaults.maxTokens = chosen.maxTokens ?? defaults.maxTokens
    defaults.sampling = chosen.sampling ?? defaults.sampling
    defaults.note = chosen.note ?? defaults.note
    defaults.contextMessages = chosen.contextMessages ?? defaults.contextMessages
    _ = try transaction.apply(SettingsPatch(defaults: .set(defaults)))
  }

  /// What the person set as their own for new chats, under what this call says.
  private func merged(_ transaction: Transaction) throws -> ChatSettings {
    let own = try transaction.settings()
    var result = settings ?? own.defaults ?? ChatSettings()
    if result.user == nil { result.user = own.defaults?.user ?? own.user }
    if result.model == nil { result.model = own.defaults?.model }
    return result
  }
}
