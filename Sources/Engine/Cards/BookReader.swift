import Model

/// A character book in the shape that version 3 of the cards has, made of whatever a program called one: a list or an object of entries,
/// numbers for words, members of SillyTavern's own. Members that mean nothing here stay where they are.
enum BookReader {
  /// Nil when there is none.
  static func read(_ value: JSONValue?, _ coercion: inout Coercion) -> JSONValue? {
    switch value {
    case nil, .null: return nil
    case .object(let members): return book(members, &coercion)
    default:
      coercion.warnings.add("The character book is no object; it was left out.")
      return nil
    }
  }

  private static func book(_ book: [String: JSONValue], _ coercion: inout Coercion) -> JSONValue? {
    var result = book
    set(&result, "name", coercion.words(book["name"], "the book's name").map { .string($0) })
    set(
      &result, "description",
      coercion.words(book["description"], "the book's description").map { .string($0) })
    for member in ["scan_depth", "token_budget"] {
      set(&result, member, coercion.integer(book[member], "the book's \(member)").map { .integer($0) })
    }
    set(
      &result, "recursive_scanning",
      coercion.flag(book["recursive_scanning"], "the book's recursive_scanning").map { .bool($0) })
    result["extensions"] = object(book["extensions"])
    var entries: [JSONValue] = []
    for (number, entry) in list(book["entries"], &coercion).enumerated() {
      guard case .object(let members) = entry else {
        if entry != .null {
          coercion.warnings.add("Entry \(number + 1) of the book is no object; it was left out.")
        }
        continue
      }
      entries.append(.object(Self.entry(members, "entry \(number + 1) of the book", number, &coercion)))
    }
    result["entries"] = .array(entries)
    // An empty book is what many programs write for none.
    let isEmpty = entries.isEmpty && result["name"] == nil && result["description"] == nil
    return isEmpty && result["extensions"] == .object([:]) ? nil : .object(result)
  }

  /// An object's entries come in the order of their numbers.
  private static func list(_ value: JSONValue?, _ coercion: inout Coercion) -> [JSONValue] {
    switch value {
    case .array(let entries)?: return entries
    case .object(let entries)?:
      return entries.sorted { one, other in
        (Int(one.key) ?? .max, one.key) < (Int(other.key) ?? .max, other.key)
      }.map(\.value)
    case nil, .null?: return []
    default:
      coercion.warnings.add("The book's entries are no list; they were left out.")
      return []
    }
  }

  private static func entry(
    _ entry: [String: JSONValue], _ place: String, _ number: Int, _ coercion: inout Coercion
  ) -> [String: JSONValue] {
    let isWorldInfo = entry["keys"] == nil && (entry["key"] != nil || entry["keysecondary"] != nil)
    var result = isWorldInfo ? fromWorldInfo(entry) : entry
    let given = result
    result["keys"] = .array(
      coercion.texts(given["keys"], "keys of \(place)", separator: ",").map { .string($0.trimmed) })
    result["content"] = .string(coercion.text(given["content"], "content of \(place)") ?? "")
    result["extensions"] = object(given["extensions"])
    result["enabled"] = .bool(coercion.flag(given["enabled"], "enabled of \(place)") ?? true)
    result["insertion_order"] = .integer(
      coercion.integer(given["insertion_order"], "insertion_order of \(place)") ?? Int64(number))
    for member in ["constant", "selective", "case_sensitive", "use_regex"] {
      set(&result, member, coercion.flag(given[member], "\(member) of \(place)").map { .bool($0) })
    }
    // Plain words are what holds without it, and writers put it in where it is not.
    if result["use_regex"] == false { result["use_regex"] = nil }
    set(&result, "priority", coercion.integer(given["priority"], "priority of \(place)").map { .integer($0) })
    for member in ["name", "comment"] {
      set(&result, member, coercion.words(given[member], "\(member) of \(place)").map { .string($0) })
    }
    let secondary = coercion.texts(given["secondary_keys"], "secondary_keys of \(place)", separator: ",")
    set(&result, "secondary_keys", secondary.isEmpty ? nil : .array(secondary.map { .string($0.trimmed) }))
    if let reason = LoreKey.reasonAgainst(result) {
      coercion.warnings.add("A pattern of \(place) \(reason), so it never matches.")
    }
    setPosition(&result, given["position"], place, &coercion)
    return result
  }

  /// A word for before or after the character. Numbers are SillyTavern's, whose further places are kept among the extensions.
  private static func setPosition(
    _ entry: inout [String: JSONValue], _ value: JSONValue?, _ place: String, _ coercion: inout Coercion
  ) {
    entry["position"] = nil
    switch value {
    case nil, .null, .string(""): return
    case .string("before_char"), .string("after_char"): entry["position"] = value
    default:
      guard let number = Int64(value?.string ?? "") ?? value?.integer, (0...7).contains(number) else {
        coercion.warnings.add("The position of \(place) is not known; it was left out.")
        return
      }
      entry["position"] = number == 0 ? "before_char" : "after_char"
      guard number > 1, case .object(var extensions)? = entry["extensions"], extensions["position"] == nil
      else {
        return
      }
      extensions["position"] = .integer(number)
      entry["extensions"] = .object(extensions)
    }
  }

  /// An entry of a world-info file: other names for the same, and its own members among the extensions as SillyTavern exports them.
  private static func fromWorldInfo(_ entry: [String: JSONValue]) -> [String: JSONValue] {
    var rest = entry
    var result: [String: JSONValue] = [:]
    func move(_ old: String, _ new: String) {
      if let value = rest.removeValue(forKey: old), value != .null { result[new] = value }
    }
    move("key", "keys")
    move("keysecondary", "secondary_keys")
    for same in ["content", "comment", "constant", "selective"] { move(same, same) }
    move("uid", "id")
    move("order", "insertion_order")
    if case .bool(let isOff)? = rest.removeValue(forKey: "disable") { result["enabled"] = .bool(!isOff) }
    var extensions = object(rest.removeValue(forKey: "extensions")).object ?? [:]
    for (old, new) in worldInfo where extensions[new] == nil {
      if let value = rest.removeValue(forKey: old), value != .null { extensions[new] = value }
    }
    if let position = extensions["position"]?.integer {
      result["position"] = position == 0 ? "before_char" : "after_char"
    }
    result["extensions"] = .object(extensions)
    return result.merging(rest) { known, _ in known }
  }

  private static let worldInfo = [
    "position": "position", "depth": "depth", "role": "role", "probability": "probability",
    "useProbability": "useProbability", "selectiveLogic": "selectiveLogic", "group": "group",
    "groupOverride": "group_override", "groupWeight": "group_weight",
    "excludeRecursion": "exclude_recursion", "preventRecursion": "prevent_recursion",
    "delayUntilRecursion": "delay_until_recursion", "scanDepth": "scan_depth",
    "caseSensitive": "case_sensitive", "matchWholeWords": "match_whole_words",
    "useGroupScoring": "use_group_scoring", "automationId": "automation_id", "vectorized": "vectorized",
    "sticky": "sticky", "cooldown": "cooldown", "delay": "delay", "displayIndex": "display_index",
    "outletName": "outlet_name",
  ]

  private static func object(_ value: JSONValue?) -> JSONValue {
    if case .object? = value { value ?? .object([:]) } else { .object([:]) }
  }

  private static func set(_ members: inout [String: JSONValue], _ name: String, _ value: JSONValue?) {
    members[name] = value
  }
}
