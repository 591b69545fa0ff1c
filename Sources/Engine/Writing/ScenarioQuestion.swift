import Base
import Model
import Providers

/// Asks for where and how a new chat begins, and reads it out of the answer.
struct ScenarioQuestion: Sendable {
  static let longestCard = 8 << 10
  static let shortest = 20
  /// In bytes; a model that writes more has its last sentences left out.
  static let longest = 1_200
  static let longestAnswer = 8 << 10

  var version: CompanionVersion
  var user: UserPersona?
  var mode: Chat.Mode
  var rule: RatingRule

  private var name: String { version.persona.nickname ?? version.persona.name }
  private var userName: String {
    guard let name = user?.name, !name.isBlank else { return PromptBuilder.nobody }
    return name
  }

  func request(_ again: Bool) -> ChatRequest {
    let persona = version.persona
    let parts: [(String, String?)] = [
      (name, version.told?.summary), ("Personality", persona.personality), ("Occupation", persona.occupation),
      ("Lives in", persona.homeCity), ("The usual scenario", persona.scenario),
      (userName, [user?.appearance, user?.overview].compactMap(\.self).joined(separator: " ")),
    ]
    let card = parts.compactMap { label, text in
      text.flatMap { $0.isBlank ? nil : "\(label): \($0)" }
    }.joined(separator: "\n").replacing("{{char}}", with: name).replacing("{{user}}", with: userName)
    let what =
      switch mode {
      case .roleplay: "a conversation between \(name) and \(userName)"
      case .story: "a story in which \(name) and \(userName) take part"
      }
    var sentences = [
      "You set the scene for \(what). In two to four sentences say where they are, when it is, and what has just brought them "
        + "together; leave open what comes of it. Surprise with something particular, and do not repeat the usual scenario.",
      "Write in the language of what is said of them below, in the present tense and the third person. No dialogue, no title, "
        + "no list: only these sentences.",
    ]
    if let rating = rule.instruction(name: name, userName: userName) { sentences.append(rating) }
    if again { sentences.append("Begin with the first word of the scene itself.") }
    var sampling = Sampling()
    sampling.temperature = 1
    return ChatRequest(
      [
        .init(.system, sentences.joined(separator: "\n")),
        .init(.user, card.isEmpty ? name : card.prefix(bytes: Self.longestCard)),
      ],
      sampling: sampling, maxTokens: 300, task: .other, maxBytes: Self.longestAnswer)
  }

  private static let refusals = ["i'm sorry", "i am sorry", "i can't", "i cannot", "as an ai", "sorry, "]

  /// Nil where the answer is none, breaks off before it says anything, or sets a scene that the rating does not allow.
  func scenario(in answer: String) -> String? {
    var filter = BoilerplateFilter()
    var text = (filter.pass(answer) + filter.flush()).trimmed
    for label in ["scenario:", "scene:", "**scenario:**", "**scene:**", "**scenario**:"]
    where text.lowercased().hasPrefix(label) {
      text = String(text.dropFirst(label.count)).trimmed
    }
    let around: Set<Character> = ["\"", "“", "”", "`", "*"]
    while let first = text.first, let last = text.last, text.count > 1, around.contains(first),
      around.contains(last)
    {
      text = String(text.dropFirst().dropLast()).trimmed
    }
    // What a model writes is no template.
    text = text.replacing("{{", with: "{").replacing("}}", with: "}")
    guard text.utf8.count >= Self.shortest, text.contains(where: \.isLetter), text.first != "{",
      !Self.refusals.contains(where: text.lowercased().replacing("’", with: "'").hasPrefix)
    else { return nil }
    text = DerivedRoleplay.cut(text, to: Self.longest)
    return rule.offence(in: text) == nil ? text : nil
  }
}
