import Model

/// As much of JSON Schema (draft 7) as the OpenRPC meta-schema and our own document use. An unknown keyword is a failure: a
/// validator that skips what it does not know would pass anything.
struct SchemaValidator {
  /// Where references are looked up: the document that holds the schemas.
  let root: JSONValue
  /// Schemas of other documents, by their whole reference.
  var outside: [String: JSONValue] = [:]

  /// What is wrong, one line each; empty when the value fits.
  func faults(_ value: JSONValue, _ schema: JSONValue, at path: String = "$") -> [String] {
    guard case .object(let keywords) = schema else {
      return schema == .bool(true) ? [] : ["\(path): refused by a schema that is false"]
    }
    if let reference = keywords["$ref"]?.string {
      guard let target = resolve(reference) else { return ["\(path): no schema \(reference)"] }
      return faults(value, target, at: path)
    }
    return keywords.sorted { $0.key < $1.key }.flatMap { keyword, argument in
      check(keyword, argument, value, keywords, path)
    }
  }

  private func check(
    _ keyword: String, _ argument: JSONValue, _ value: JSONValue, _ all: [String: JSONValue], _ path: String
  ) -> [String] {
    switch keyword {
    case "title", "description", "default", "format", "contentEncoding", "$schema", "$id", "definitions",
      "additionalItems":
      return []
    case "type":
      let types = argument.array?.compactMap(\.string) ?? [argument.string ?? "?"]
      return types.contains { isOf($0, value) } ? [] : ["\(path): is not \(types.joined(separator: " or "))"]
    case "enum":
      return argument.array?.contains(value) == true ? [] : ["\(path): \(value) is none of \(argument)"]
    case "const": return value == argument ? [] : ["\(path): is not \(argument)"]
    case "minimum":
      let number = value.integer.map(Double.init)
      return (number ?? 0) >= (argument.integer.map(Double.init) ?? 0) ? [] : ["\(path): is too small"]
    case "maximum":
      let number = value.integer.map(Double.init)
      return (number ?? 0) <= (argument.integer.map(Double.init) ?? 0) ? [] : ["\(path): is too large"]
    case "minLength":
      return value.string.map { $0.count >= Int(argument.integer ?? 0) } ?? true
        ? [] : ["\(path): is too short"]
    case "maxLength":
      return value.string.map { $0.count <= Int(argument.integer ?? 0) } ?? true
        ? [] : ["\(path): is too long"]
    case "pattern": return matches(value.string, argument.string) ? [] : ["\(path): fits no \(argument)"]
    case "items":
      return (value.array ?? []).enumerated().flatMap { faults($1, argument, at: "\(path)[\($0)]") }
    case "required":
      guard let members = value.object else { return [] }
      return (argument.array ?? []).compactMap(\.string).filter { members[$0] == nil }
        .map { "\(path): lacks \($0)" }
    case "properties", "patternProperties", "additionalProperties":
      return checkMembers(keyword, argument, value, all, path)
    case "oneOf":
      let fitting = (argument.array ?? []).filter { faults(value, $0, at: path).isEmpty }.count
      return fitting == 1 ? [] : ["\(path): fits \(fitting) of oneOf"] + choices(value, argument, path)
    case "anyOf":
      let fits = (argument.array ?? []).contains { faults(value, $0, at: path).isEmpty }
      return fits ? [] : ["\(path): fits none of anyOf"] + choices(value, argument, path)
    case "allOf": return (argument.array ?? []).flatMap { faults(value, $0, at: path) }
    default: return ["\(path): the validator does not know the keyword \(keyword)"]
    }
  }

  private func choices(_ value: JSONValue, _ argument: JSONValue, _ path: String) -> [String] {
    (argument.array ?? []).flatMap { faults(value, $0, at: path) }
  }

  private func checkMembers(
    _ keyword: String, _ argument: JSONValue, _ value: JSONValue, _ all: [String: JSONValue], _ path: String
  ) -> [String] {
    guard let members = value.object else { return [] }
    let named = all["properties"]?.object ?? [:]
    let patterns = all["patternProperties"]?.object ?? [:]
    return members.sorted { $0.key < $1.key }.flatMap { name, member -> [String] in
      let here = "\(path).\(name)"
      switch keyword {
      case "properties": return named[name].map { faults(member, $0, at: here) } ?? []
      case "patternProperties":
        return patterns.filter { matches(name, $0.key) }.flatMap { faults(member, $0.value, at: here) }
      default:
        let known = named[name] != nil || patterns.keys.contains { matches(name, $0) }
        return known ? [] : faults(member, argument, at: here)
      }
    }
  }

  private func isOf(_ type: String, _ value: JSONValue) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
      ("integer", .integer), ("number", .integer), ("number", .number):
      true
    default: false
    }
  }

  private func matches(_ text: String?, _ pattern: String?) -> Bool {
    guard let text else { return true }
    guard let pattern, let expression = try? Regex(pattern) else { return false }
    return text.firstMatch(of: expression) != nil
  }

  private func resolve(_ reference: String) -> JSONValue? {
    if let schema = outside[reference] { return schema }
    guard reference.hasPrefix("#/") else { return nil }
    var here: JSONValue? = root
    for step in reference.dropFirst(2).split(separator: "/") { here = here?[String(step)] }
    return here
  }
}
