import Base
import Model
import Providers

/// What a turn is made of, read in one snapshot while the chat's lock is held.
struct TurnContext: Sendable {
  var chat: Chat
  var persona: Persona
  /// The message the new line will stand under; nil in an empty chat.
  var leaf: ULID?
  /// The leaf that was named had children: the tip beyond it.
  var staleTip: ULID?
  /// From the window's beginning to the leaf, hidden lines left out.
  var history: [PromptBuilder.Line]
  var omitted: Int
  /// The person's lines on the branch so far.
  var userLines: Int

  /// The request as it would be with one more line of the person.
  func request(adding text: String) -> ChatRequest {
    let builder = PromptBuilder(
      persona: persona, user: chat.settings.user, mode: chat.mode, note: chat.settings.note,
      userLines: userLines + 1, history: history + [.init(role: .user, text: text)], omitted: omitted)
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
