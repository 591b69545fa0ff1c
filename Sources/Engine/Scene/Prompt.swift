import Model

/// What a model is told, as named sections: what stays the same first, what changes last, so that a provider's cache of the beginning
/// hits as often as it can.
package struct Prompt: Sendable, Hashable {
  package enum Role: String, Sendable, Hashable { case system, user, assistant }

  package struct Section: Sendable, Hashable {
    /// `persona`, `history`, `authorsNote` …
    package var name: String
    package var role: Role
    package var text: String
    /// Where it comes from, for people: a field of the persona, a message's id.
    package var source: String

    package init(_ name: String, _ role: Role, _ text: String, source: String) {
      self.name = name
      self.role = role
      self.text = text
      self.source = source
    }
  }

  package var sections: [Section]
  /// How many of them, counted from the first, are expected to begin the next request too.
  package var stable: Int
  /// Messages of the branch that did not fit.
  package var omitted: Int

  /// What macros have set by its end: kept when the turn is.
  package var variables: [String: String] = [:]

  /// What the model must not go on past: the person's own lines.
  package var stops: [String]
}
