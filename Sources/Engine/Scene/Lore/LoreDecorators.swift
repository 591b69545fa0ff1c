/// Instructions at the head of an entry's text: lines such as `@@depth 4`. A line with one more `@` holds where the one above it is not
/// known. Known or not, none of them is told to a model.
struct LoreDecorators {
  private var values: [String: String] = [:]
  /// What is left when they are taken off.
  private(set) var text = ""

  /// Those that have an effect here.
  static let known: Set<String> = [
    "activate", "activate_only_after", "activate_only_every", "additional_keys", "depth", "dont_activate",
    "dont_activate_after_match", "exclude_keys", "ignore_on_max_context", "keep_activate_after_match",
    "position",
    "role", "scan_depth",
  ]

  static func read(_ content: String) -> LoreDecorators {
    var result = LoreDecorators()
    guard content.hasPrefix("@@") else {
      result.text = content
      return result
    }
    var rest = content[...]
    var isAboveKnown = false
    while rest.hasPrefix("@@") {
      let end = rest.firstIndex(of: "\n")
      let line = rest[..<(end ?? rest.endIndex)]
      rest = end.map { rest[rest.index(after: $0)...] } ?? ""
      let isFallback = line.hasPrefix("@@@")
      let word = line.drop { $0 == "@" }
      let name = word.prefix { !$0.isWhitespace }
      let isKnown = known.contains(String(name))
      if isFallback, isAboveKnown { continue }
      isAboveKnown = isKnown
      // The first of a name wins.
      guard isKnown, result.values[String(name)] == nil else { continue }
      result.values[String(name)] = String(word.dropFirst(name.count)).trimmed
    }
    result.text = String(rest)
    return result
  }

  func has(_ name: String) -> Bool { values[name] != nil && values[name] != "false" }
  func word(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }
  func number(_ name: String) -> Int? { values[name].flatMap { Int($0) } }
  func list(_ name: String) -> [String] {
    (values[name] ?? "").split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
  }
}
