import Base
import FoundationEssentials
import Model

/// What a persona must be to be kept.
enum PersonaRules {
  static let longestName = 100
  static let mostGreetings = 100
  /// The whole persona, encoded; a card with a large book fits.
  static let mostBytes = 1 << 20

  static func check(_ persona: Persona) throws(EngineError) {
    guard persona.name.contains(where: { !$0.isWhitespace }) else {
      throw .invalid(path: "persona.name", expected: "a name")
    }
    guard persona.name.utf8.count <= longestName else {
      throw .tooLarge(what: "persona.name", limit: Int64(longestName))
    }
    if let nickname = persona.nickname, nickname.utf8.count > longestName {
      throw .tooLarge(what: "persona.nickname", limit: Int64(longestName))
    }
    if let age = persona.age, !(0...10_000).contains(age) {
      throw .invalid(path: "persona.age", expected: "an age in years")
    }
    if (persona.greetings?.count ?? 0) > mostGreetings {
      throw .tooMany(what: "greetings", limit: mostGreetings)
    }
    guard let bytes = try? JSONEncoder().encode(persona) else {
      throw .invalid(path: "persona", expected: "numbers that JSON can carry")
    }
    if bytes.count > mostBytes { throw .tooLarge(what: "persona", limit: Int64(mostBytes)) }
  }
}
