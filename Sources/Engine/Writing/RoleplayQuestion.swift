import Base
import Model
import Providers

/// Asks for a persona in few words, and reads them out of the answer. Only what the card does not say shortly itself is asked for.
struct RoleplayQuestion: Sendable {
  static let longestCard = 24 << 10
  static let longestAnswer = 16 << 10
  static let longestAppearance = 400
  static let longestSummary = 2_400
  static let longestScenario = 800
  static let maxTokens = 900

  var persona: Persona
  var rule: RatingRule

  private var derived: DerivedRoleplay { DerivedRoleplay(persona) }
  private var name: String { persona.nickname ?? persona.name }

  func request(_ again: Bool) -> ChatRequest {
    let wanted = derived.wanted
    let parts: [(String, String?)] = [
      ("Description", persona.description), ("Personality", persona.personality),
      ("Behaviour", persona.behaviour), ("Appearance", persona.appearance), ("Scenario", persona.scenario),
      ("Occupation", persona.occupation),
    ]
    let card = parts.compactMap { label, text in text.map { "\(label): \($0)" } }.joined(separator: "\n")
      .replacing("{{char}}", with: name)
    let asked = wanted.map { member in
      switch member {
      case .appearance:
        "\"appearance\": \"how \(name) looks, for a painter: up to twenty words or short phrases, with commas between, no clothes\""
      case .summary:
        "\"summary\": \"all that somebody must know to play \(name): who they are, what they want, whom they know, what must not "
          + "be forgotten; in as few words as that takes, 250 at most\""
      case .scenario: "\"scenario\": \"where and how it begins, in one or two sentences\""
      }
    }.joined(separator: ", ")
    var sentences = [
      "You prepare character cards for role-play. Below is the card of \(name).",
      "Answer with one JSON object and nothing else: {\(asked)}",
      "Keep to what the card says and to its language; invent nothing. {{user}} stands for the other person and stays as it is.",
    ]
    if let rating = rule.instruction(name: name, userName: "the reader") { sentences.append(rating) }
    if again { sentences.append("Nothing but the JSON object: it begins with { and ends with }.") }
    var sampling = Sampling()
    sampling.temperature = 0.2
    return ChatRequest(
      [
        .init(.system, sentences.joined(separator: "\n")), .init(.user, card.prefix(bytes: Self.longestCard)),
      ],
      sampling: sampling, maxTokens: Self.maxTokens, wantsJSON: true, task: .other,
      maxBytes: Self.longestAnswer)
  }

  /// What was asked for out of the answer, the rest of the card's own words. Nil where something that was asked for is missing, or says
  /// what may not be shown.
  func roleplay(in answer: String, by model: String, at: Timestamp) -> CompanionVersion.Roleplay? {
    guard let object = LooseObject.read(answer, atMost: Self.longestAnswer) else { return nil }
    let derived = derived
    var made = CompanionVersion.Roleplay(
      appearance: derived.appearance, summary: derived.summary, scenario: derived.scenario,
      generatedBy: model, at: at)
    for member in derived.wanted {
      guard let text = Enhancement.text(object[member.rawValue])?.trimmed, !text.isEmpty else { return nil }
      switch member {
      case .appearance:
        let line = SceneText.line(text, atMost: Self.longestAppearance * 2)
        made.appearance = DerivedRoleplay.cut(line, to: Self.longestAppearance)
        if rule.offence(in: made.appearance) != nil { return nil }
      case .summary: made.summary = DerivedRoleplay.cut(text, to: Self.longestSummary)
      case .scenario: made.scenario = DerivedRoleplay.cut(text, to: Self.longestScenario)
      }
    }
    return made
  }
}
