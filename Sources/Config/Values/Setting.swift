/// One value of the configuration as it was found: for `config.show`, and for saying what a reload changed.
package struct Setting: Sendable, Equatable {
  package enum Value: Sendable, Equatable {
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([Value])
    case secret(Secret)
  }

  /// Whether a running daemon can take a new value.
  package enum Takes: Sendable { case effectOnReload, restart }

  package let steps: [String]
  package let value: Value
  package let source: Source
  package let takes: Takes

  /// Such as `providers.home.url`.
  package var path: String { JSON5Reader.joined(steps) }
}
