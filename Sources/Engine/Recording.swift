/// What a vault is to remember about a call that carries a key: written in the same commit as the effect.
package struct Recording<Value: Sendable>: Sendable {
  package let key: String
  package let method: String
  /// Tells calls with the same key and other parameters apart.
  package let fingerprint: [UInt8]
  /// The result as the caller is to get it, again and again.
  package let encode: @Sendable (Value) throws -> [UInt8]

  package init(
    key: String, method: String, fingerprint: [UInt8], encode: @escaping @Sendable (Value) throws -> [UInt8]
  ) {
    self.key = key
    self.method = method
    self.fingerprint = fingerprint
    self.encode = encode
  }
}

/// The outcome of a write: a value, or what is remembered under its key, now or from an earlier call.
package enum Recorded<Value: Sendable>: Sendable {
  case fresh(Value)
  case recorded([UInt8], replayed: Bool)

  package func map<Other: Sendable>(_ transform: (Value) -> Other) -> Recorded<Other> {
    switch self {
    case .fresh(let value): .fresh(transform(value))
    case .recorded(let bytes, let replayed): .recorded(bytes, replayed: replayed)
    }
  }
}
