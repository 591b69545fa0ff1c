import FoundationEssentials
import Model
import Providers

/// Asks for better words in a companion's card, and reads them out of the answer. Only what was asked for is taken.
struct Enhancement: Sendable {
  /// What can be written anew; names, rules and what other programs keep in a card are the owner's alone.
  static let known = [
    "description", "personality", "behaviour", "appearance", "defaultOutfit", "scenario", "exampleDialogue",
    "occupation",
  ]
  static let longestAnswer = 64 << 10
  static let longestField = 8 << 10

  var persona: Persona
  var fields: [String]
  var instruction: String?
  var rule: RatingRule

  /// All where none are named.
  static func fields(_ named: [String]?) throws(EngineError) -> [String] {
    guard let named, !named.isEmpty else { return known }
    for (index, name) in named.enumerated() where !known.contains(name) {
      throw .invalid(path: "fields[\(index)]", expected: "one of \(known.joined(separator: ", "))")
    }
    return known.filter(named.contains)
  }

  private var old: [String: String] {
    let texts: [String: String?] = [
      "description": persona.description, "personality": persona.personality, "behaviour": persona.behaviour,
      "appearance": persona.appearance, "defaultOutfit": persona.defaultOutfit, "scenario": persona.scenario,
      "exampleDialogue": persona.exampleDialogue, "occupation": persona.occupation,
    ]
    return texts.compactMapValues(\.self)
  }

  func request(_ again: Bool) -> ChatRequest {
    let old = old
    let card = Self.known.compactMap { name in old[name].map { "\(name): \($0)" } }.joined(separator: "\n")
    let name = persona.nickname ?? persona.name
    var sentences = [
      "You edit the character card of \(name). The card as it is:",
      card.isEmpty ? "(only the name \(name) so far)" : card,
      "Write these fields anew: \(fields.joined(separator: ", ")). Keep what they say true, make them vivid and consistent, and "
        + "keep to the card's language. {{char}} and {{user}} stay as they are where they occur.",
      "appearance is a comma-separated list of what a painter must know; defaultOutfit a comma-separated list of garments.",
    ]
    if let instruction { sentences.append("What the owner wishes: \(instruction)") }
    if let rating = rule.instruction(name: name, userName: "the reader") { sentences.append(rating) }
    sentences.append(
      "Answer with one JSON object whose members are the new fields as texts, and nothing else.")
    if again { sentences.append("Nothing but the JSON object: it begins with { and ends with }.") }
    var sampling = Sampling()
    sampling.temperature = 0.7
    return ChatRequest(
      [.init(.system, sentences.joined(separator: "\n")), .init(.user, "Please write them.")],
      sampling: sampling,
      maxTokens: 2000, wantsJSON: true, task: .other, maxBytes: Self.longestAnswer)
  }

  /// `{name: {old, new}}` of the fields that came out different; nil where none did.
  func changes(in answer: String) -> JSONValue? {
    guard let object = LooseObject.read(answer, atMost: Self.longestAnswer) else { return nil }
    let old = old
    var changes: [String: JSONValue] = [:]
    for name in fields {
      guard let new = Self.text(object[name]), new != old[name] else { continue }
      changes[name] = ["old": old[name].map { .string($0) } ?? .null, "new": .string(new)]
    }
    return changes.isEmpty ? nil : .object(changes)
  }

  /// A text, or a list of texts as one; bounded.
  static func text(_ value: JSONValue?) -> String? {
    let text: String? =
      switch value {
      case .string(let text): text
      case .array(let items): items.compactMap(\.string).joined(separator: ", ")
      default: nil
      }
    guard let text, text.contains(where: { !$0.isWhitespace }), text.utf8.count <= longestField else {
      return nil
    }
    return text
  }
}
