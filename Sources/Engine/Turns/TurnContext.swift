import Base
import Model
import Providers
import Store

/// What a turn is made of, read in one snapshot while the chat's lock is held.
struct TurnContext: Sendable {
  var chat: Chat
  var persona: Persona
  /// The last message of the branch that is told; nil where there is none.
  var leaf: ULID?
  /// From the window's beginning to the leaf, hidden lines left out.
  var history: [PromptBuilder.Line]
  var omitted: Int
  /// The person's lines on the branch so far.
  var userLines: Int

  /// The branch that ends with `leaf`; nil is before its first line. On a reader's thread.
  static func read(_ snapshot: Snapshot, _ chat: Chat, upTo leaf: ULID?) throws -> TurnContext {
    let persona = try snapshot.version(chat.version, of: chat.companion).persona
    let most = chat.settings.contextMessages ?? 20
    let history = try leaf.map { try snapshot.history(of: chat.id, leaf: $0, limit: most) }
    // The window moves in steps: of a full one only the newer part is told, so that the next requests begin alike.
    let messages = history?.messages ?? []
    let told = history?.more == true ? Array(messages.suffix(HistoryWindow(most: most).kept)) : messages
    let lines = told.filter { $0.hidden != true && !$0.text.isEmpty }
    return TurnContext(
      chat: chat, persona: persona, leaf: leaf,
      history: lines.map { .init(id: $0.id, role: $0.role, text: $0.text) },
      omitted: chat.messages - lines.count, userLines: lines.count { $0.role == .user })
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

  func request(_ ending: Ending) -> ChatRequest {
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
    let builder = PromptBuilder(
      persona: persona, user: chat.settings.user, mode: chat.mode, note: chat.settings.note,
      userLines: userLines, history: told, omitted: omitted)
    let prompt = builder.build()
    var sampling = chat.settings.sampling ?? Sampling()
    if sampling.temperature == nil { sampling.temperature = 0.9 }
    sampling.stop = (sampling.stop ?? []) + prompt.stops
    let messages = prompt.sections.enumerated().map { index, section in
      ChatRequest.Message(
        ChatRequest.Role(rawValue: section.role.rawValue) ?? .system, section.text,
        endsStablePrefix: index == prompt.stable - 1)
    }
    return ChatRequest(
      messages, sampling: sampling, maxTokens: chat.settings.maxTokens ?? 200,
      stage: .init(
        companion: persona.nickname ?? persona.name, user: chat.settings.user?.name ?? "",
        description: persona.description ?? "", personality: persona.personality ?? "",
        outfit: persona.defaultOutfit.map { [withoutArticle($0)] } ?? []))
  }
}

/// As a thing in a list: "a blue dress" is "blue dress" there.
private func withoutArticle(_ text: String) -> String {
  for article in ["a ", "an ", "the "] where text.lowercased().hasPrefix(article) {
    return String(text.dropFirst(article.count))
  }
  return text
}
