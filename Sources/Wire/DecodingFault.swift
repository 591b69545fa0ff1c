import Model

extension RPCError {
  /// What the caller sent is JSON but not of the right shape: names the first member that is not, and what it should be.
  public init(decoding fault: DecodingError) {
    switch fault {
    case .typeMismatch(let type, let context):
      self = .invalidParams(path: path(context.codingPath), expected: word(for: type))
    case .valueNotFound(let type, let context):
      self = .invalidParams(path: path(context.codingPath), expected: word(for: type))
    case .keyNotFound(let key, let context):
      self = .invalidParams(path: path(context.codingPath + [key]), expected: "a member of this name")
    case .dataCorrupted(let context):
      self = .invalidParams(path: path(context.codingPath), expected: expectation(context.debugDescription))
    @unknown default:
      self = .invalidParams(path: "params", expected: "another form")
    }
  }
}

/// `params.defaults.sampling.stop[3]`
private func path(_ keys: [any CodingKey]) -> String {
  keys.reduce(into: "params") { text, key in
    if let index = key.intValue { text += "[\(index)]" } else { text += ".\(key.stringValue)" }
  }
}

/// JSON's own words, as clients in other languages know them.
private func word(for type: any Any.Type) -> String {
  switch type {
  case is String.Type: "string"
  case is Bool.Type: "boolean"
  case is any BinaryInteger.Type: "integer"
  case is any BinaryFloatingPoint.Type: "number"
  case is [String: Any].Type, is any StringKeyed.Type: "object"
  case is [Any].Type, is any Listed.Type: "array"
  default: "object"
  }
}

private protocol StringKeyed {}
extension Dictionary: StringKeyed {}
private protocol Listed {}
extension Array: Listed {}

/// Values with a form of their own (times, identifiers) say what they expect in words; for the rest the library's
/// sentence is no use to a caller.
private func expectation(_ description: String) -> String {
  let ending = " is expected"
  return description.hasSuffix(ending) ? String(description.dropLast(ending.count)) : "a value that fits"
}
