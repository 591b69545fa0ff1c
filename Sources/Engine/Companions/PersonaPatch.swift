import FoundationEssentials
import Model

/// A change to some members of a persona: those named are replaced, those that are `null` removed, the others stay.
enum PersonaPatch {
  static func apply(_ patch: JSONValue, to persona: Persona) throws(EngineError) -> Persona {
    guard case .object(let changes) = patch else {
      throw .invalid(path: "persona", expected: "an object with the members to change")
    }
    do {
      var members = try JSONDecoder().decode([String: JSONValue].self, from: JSONEncoder().encode(persona))
      for (name, value) in changes { members[name] = value == .null ? nil : value }
      return try JSONDecoder().decode(Persona.self, from: JSONEncoder().encode(members))
    } catch let error as DecodingError {
      throw .invalid(path: "persona" + Self.path(of: error), expected: "a value of that member's type")
    } catch {
      throw .invalid(path: "persona", expected: "numbers that JSON can carry")
    }
  }

  private static func path(of error: DecodingError) -> String {
    let (context, missing): (DecodingError.Context, (any CodingKey)?) =
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
        (context, nil)
      case .keyNotFound(let key, let context): (context, key)
      @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), nil)
      }
    return (context.codingPath + (missing.map { [$0] } ?? [])).map { key in
      key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)"
    }.joined()
  }
}
