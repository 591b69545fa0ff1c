import FoundationEssentials
import Model
import Providers

/// Asks for a whole companion out of a sentence, and reads its card out of the answer.
struct Generation: Sendable {
  static let longestAnswer = 64 << 10

  var prompt: String
  /// How it is to look, where the person has said.
  var appearance: String?
  var rating: ContentRating

  func request(_ again: Bool) -> ChatRequest {
    var sentences = [
      "You invent companions for conversation. Make one out of the wish below, in the wish's language.",
      "Answer with one JSON object and nothing else:",
      """
      {"name": "a name", "description": "who they are, in three to six sentences", "personality": "a few words", "behaviour": \
      "how they speak and act", "appearance": "comma-separated, for a painter", "defaultOutfit": "comma-separated garments", \
      "scenario": "where the first conversation takes place", "greeting": "their first line, which may have *actions* in it", \
      "exampleDialogue": "{{user}}: a line\\n{{char}}: a line", "occupation": "a few words", "age": 30}
      """,
    ]
    if let appearance { sentences.append("They look like this: \(appearance)") }
    if let rule = RatingRule(rating, for: Persona(name: "")).instruction(
      name: "the companion", userName: "the reader")
    {
      sentences.append(rule)
    }
    if again { sentences.append("Nothing but the JSON object: it begins with { and ends with }.") }
    var sampling = Sampling()
    sampling.temperature = 0.9
    return ChatRequest(
      [.init(.system, sentences.joined(separator: "\n")), .init(.user, prompt)], sampling: sampling,
      maxTokens: 2000, wantsJSON: true, task: .other, maxBytes: Self.longestAnswer)
  }

  /// Nil without a name and a description, or where it is no card that could be kept.
  func persona(in answer: String) -> Persona? {
    guard let object = LooseObject.read(answer, atMost: Self.longestAnswer),
      let name = Enhancement.text(object["name"]),
      let description = Enhancement.text(object["description"])
    else { return nil }
    var persona = Persona(name: SceneText.line(name, atMost: PersonaRules.longestName))
    persona.description = description
    persona.personality = Enhancement.text(object["personality"])
    persona.behaviour = Enhancement.text(object["behaviour"])
    persona.appearance = appearance ?? Enhancement.text(object["appearance"])
    persona.defaultOutfit = Enhancement.text(object["defaultOutfit"])
    persona.scenario = Enhancement.text(object["scenario"])
    persona.greetings = Enhancement.text(object["greeting"]).map { [$0] }
    persona.exampleDialogue = Enhancement.text(object["exampleDialogue"])
    persona.occupation = Enhancement.text(object["occupation"])
    switch object["age"] {
    case .integer(let age) where (0...10_000).contains(age): persona.age = Int(age)
    case .string(let text): persona.age = Int(text).flatMap { (0...10_000).contains($0) ? $0 : nil }
    default: break
    }
    guard (try? PersonaRules.check(persona)) != nil else { return nil }
    return persona
  }
}
