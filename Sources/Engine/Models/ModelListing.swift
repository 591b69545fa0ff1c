/// What can be asked for a reply, as handlers see it.
package struct ModelListing: Sendable, Hashable {
  package struct Entry: Sendable, Hashable {
    package var id: String
    package var provider: String
    package var capabilities: [String]
    package var contextTokens: Int?
    package var isOffline: Bool
  }

  /// A name that stands for several.
  package struct List: Sendable, Hashable {
    package var name: String
    package var models: [String]
  }

  /// A provider that could not be asked.
  package struct Failure: Sendable, Hashable {
    package var provider: String
    package var message: String
  }

  package var models: [Entry]
  package var lists: [List]
  package var standard: String
  package var failures: [Failure]
}

/// A server on this machine that answered as one of the known kinds does.
package struct FoundServer: Sendable, Hashable {
  package var kind: String
  package var url: String
  package var models: [String]
  package var latency: Duration
}
