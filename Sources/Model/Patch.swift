/// One member of an update: left alone (absent), cleared (`null`), or set.
///
/// Synthesised coding takes absent and `null` for the same; a `Patch` member keeps them apart when its owner is
/// decoded with `decodePatch` and encoded with `encodePatch`.
public enum Patch<Value: Codable & Sendable & Hashable>: Hashable, Sendable {
  case keep
  case clear
  case set(Value)

  public func applied(to current: Value?) -> Value? {
    switch self {
    case .keep: current
    case .clear: nil
    case .set(let value): value
    }
  }
}

extension KeyedDecodingContainer {
  public func decodePatch<Value>(_ type: Value.Type, forKey key: Key) throws -> Patch<Value> {
    guard contains(key) else { return .keep }
    return try decodeIfPresent(Value.self, forKey: key).map { .set($0) } ?? .clear
  }
}

extension KeyedEncodingContainer {
  public mutating func encodePatch<Value>(_ patch: Patch<Value>, forKey key: Key) throws {
    switch patch {
    case .keep: break
    case .clear: try encodeNil(forKey: key)
    case .set(let value): try encode(value, forKey: key)
    }
  }
}
