/// A model that can be asked for, and what is known of it.
package struct ModelInfo: Sendable, Hashable {
  package struct Capabilities: OptionSet, Sendable, Hashable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    /// Takes pictures.
    package static let vision = Capabilities(rawValue: 1)
    /// Thinks before it speaks, at the cost of tokens.
    package static let reasoning = Capabilities(rawValue: 2)
    package static let json = Capabilities(rawValue: 4)
    package static let tools = Capabilities(rawValue: 8)
    package static let embedding = Capabilities(rawValue: 16)

    /// As the protocol lists them.
    package var names: [String] {
      let all: [(Capabilities, String)] = [
        (.vision, "vision"), (.reasoning, "reasoning"), (.json, "json"), (.tools, "tools"),
        (.embedding, "embedding"),
      ]
      return all.filter { contains($0.0) }.map(\.1)
    }
  }

  package var provider: String
  /// The server's own name for it; may have slashes and colons.
  package var name: String
  package var capabilities: Capabilities
  package var contextTokens: Int?
  /// Answered by rules on this machine, not by a model.
  package var isOffline: Bool

  package init(
    provider: String, name: String, capabilities: Capabilities = [], contextTokens: Int? = nil,
    isOffline: Bool = false
  ) {
    self.provider = provider
    self.name = name
    self.capabilities = capabilities
    self.contextTokens = contextTokens
    self.isOffline = isOffline
  }

  package var id: String { "\(provider)/\(name)" }
}
