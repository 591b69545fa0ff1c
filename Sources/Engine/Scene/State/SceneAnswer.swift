import Model

/// What a model answered to the question what changed: `{"outfit", "location", "action"}`, each absent where nothing did.
///
/// Models wrap their answers in fences and in prose, and leave commas at the end of lists: all that is read through. A field of a wrong
/// type counts as unchanged and the others apply. An answer that was cut off changes nothing: what a model meant to say is not guessed.
package struct SceneAnswer: Hashable, Sendable {
  package enum Outfit: Hashable, Sendable {
    case all(String)
    case change(add: [String], remove: [String])
  }

  package var outfit: Outfit?
  package var location: String?
  package var action: String?

  /// More than this of an answer is not looked at.
  package static let longest = 32 * 1024
  package static let mostItems = 32
  package static let longestPhrase = 200
  package static let longestOutfit = 2_000

  package init(outfit: Outfit? = nil, location: String? = nil, action: String? = nil) {
    self.outfit = outfit
    self.location = location
    self.action = action
  }

  /// Nil when there is no whole object in it.
  package init?(_ text: String) {
    guard let object = LooseObject.read(text, atMost: SceneAnswer.longest) else { return nil }
    location = SceneAnswer.phrase(object["location"])
    action = SceneAnswer.phrase(object["action"])
    switch object["outfit"] {
    case .string(let all):
      if let all = SceneAnswer.outfit(all) { outfit = .all(all) }
    case .object(let change):
      let add = SceneAnswer.items(change["add"])
      let remove = SceneAnswer.items(change["remove"])
      if !add.isEmpty || !remove.isEmpty { outfit = .change(add: add, remove: remove) }
    case .array:
      // A list of garments is what is worn, one by one.
      let all = SceneAnswer.items(object["outfit"])
      if !all.isEmpty { outfit = .all(all.joined(separator: ", ")) }
    default: break
    }
  }

  package var isEmpty: Bool { outfit == nil && location == nil && action == nil }

  // MARK: Bounded

  /// One line of moderate length; an answer that only says that nothing changed is none.
  private static func phrase(_ value: JSONValue?) -> String? {
    guard case .string(let text)? = value else { return nil }
    let line = SceneText.line(text, atMost: longestPhrase)
    return line.isEmpty || saysNothing(line) ? nil : line
  }

  private static func outfit(_ text: String) -> String? {
    let line = SceneText.line(text, atMost: longestOutfit)
    return line.isEmpty || saysNothing(line) ? nil : line
  }

  private static func items(_ value: JSONValue?) -> [String] {
    let values: [JSONValue] =
      switch value {
      case .array(let items): items
      case .string: value.map { [$0] } ?? []
      default: []
      }
    return values.prefix(mostItems).compactMap(phrase)
  }

  private static func saysNothing(_ line: String) -> Bool {
    [
      "null", "none", "unchanged", "same", "no change", "no changes", "not changed", "unknown", "n/a",
      "the same",
      "same as before", "not mentioned", "unspecified", "not specified",
    ].contains(line.lowercased().filter { $0 != "." })
  }
}
