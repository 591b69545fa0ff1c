/// A key, a password: something that may be used but never shown.
///
/// Printing, reflecting and encoding it all give the same word, so that a secret cannot reach a log, an error or a
/// reply by way of the value that holds it. `reveal()` is the one door; search for it to see who uses secrets.
package struct Secret: Sendable, Hashable, Encodable {
  private let value: String

  package init(_ value: String) { self.value = value }

  /// For the header of a request, and nothing else.
  package func reveal() -> String { value }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Self.shown)
  }

  private static let shown = "(secret)"
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { Self.shown }
  package var debugDescription: String { Self.shown }
  /// Without children: `dump` and the debugger's summary go by this.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
