import Model

extension RPCError {
  /// What the caller sent is JSON but not of the right shape: names the first member that is not, and what it should be.
  ///
  /// With `type`, the parameters' own, the expectation comes from its schema, which knows more than the library's fault:
  /// the words of an enumeration, the type of a member that is missing.
  public init(decoding fault: DecodingError, of type: (any Decodable.Type)? = nil) {
    let keys: [any CodingKey]
    let fallback: String
    switch fault {
    case .typeMismatch(let wanted, let context), .valueNotFound(let wanted, let context):
      (keys, fallback) = (context.codingPath, word(for: wanted))
    case .keyNotFound(let key, let context):
      (keys, fallback) = (context.codingPath + [key], "a value")
    case .dataCorrupted(let context):
      (keys, fallback) = (context.codingPath, expectation(context.debugDescription))
    @unknown default:
      (keys, fallback) = ([], "another form")
    }
    let known = type.flatMap { expected(at: keys, in: $0) }
    self = .invalidParams(path: path(keys), expected: known ?? fallback)
  }
}

/// `params.defaults.sampling.stop[3]`
private func path(_ keys: [any CodingKey]) -> String {
  keys.reduce(into: "params") { text, key in
    if let index = key.intValue { text += "[\(index)]" } else { text += ".\(key.stringValue)" }
  }
}

/// Walks the type's schema along the path. Nil where the schema says nothing: any JSON is allowed there.
private func expected(at keys: [any CodingKey], in type: any Decodable.Type) -> String? {
  let book = SchemaBook()
  var schema: JSONValue? = SchemaBook.object(book.members(of: type), title: nil)
  for key in keys {
    let here = schema.flatMap { book.resolved($0) }
    schema =
      key.intValue == nil
      ? here?["properties"]?[key.stringValue] ?? here?["additionalProperties"] : here?["items"]
  }
  return schema.flatMap { words(for: book.resolved($0)) }
}

extension SchemaBook {
  /// The schema itself, behind a reference or the permission to be null.
  func resolved(_ schema: JSONValue) -> JSONValue {
    if let reference = schema["$ref"]?.string {
      return named[String(reference.dropFirst(Self.prefix.count))] ?? schema
    }
    if let choices = schema["oneOf"]?.array, let first = choices.first { return resolved(first) }
    return schema
  }
}

private func words(for schema: JSONValue) -> String? {
  if let choices = schema["enum"]?.array?.compactMap(\.string) {
    return "one of " + choices.joined(separator: ", ")
  }
  if schema["contentEncoding"] == "base64" { return "string of base64" }
  if schema["format"] == "date-time" { return "string with an RFC 3339 time" }
  if schema["title"] == "ULID" { return "string of 26 characters, a ULID" }
  if let type = schema["type"]?.string { return type }
  return schema["type"]?.array?.compactMap(\.string).joined(separator: " or ")
}

/// JSON's own words, as clients in other languages know them.
private func word(for type: any Any.Type) -> String {
  switch type {
  case is String.Type: "string"
  case is Bool.Type: "boolean"
  case is any BinaryInteger.Type: "integer"
  case is any BinaryFloatingPoint.Type: "number"
  case is any Listed.Type: "array"
  default: "object"
  }
}

/// Foundation names the container it wanted as `[Any]`.
private protocol Listed {}
extension Array: Listed {}

/// Values with a form of their own (times, identifiers) say what they expect in words; for the rest the library's
/// sentence is no use to a caller.
private func expectation(_ description: String) -> String {
  let ending = " is expected"
  return description.hasSuffix(ending) ? String(description.dropLast(ending.count)) : "a value that fits"
}
