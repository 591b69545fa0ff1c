import Base

/// Reads one object: each key is asked for once, with its form and its default, and what nobody asked for is
/// unknown. So a key is declared in exactly one place.
struct SectionReader {
  let context: ReadingContext
  let path: [String]
  /// Where the object itself stands, for what is missing in it.
  let source: Source
  private let members: [Node.Member]
  private let places: [String: Int]
  /// Fixed sections may be set by variables; entries with names of the person's choosing may not.
  private let hearsVariables: Bool
  private var known: [String] = []

  /// `node` nil or null: an empty object. Anything but an object is reported, and then read as empty.
  init(_ context: ReadingContext, _ node: Node?, path: [String], hearsVariables: Bool) {
    self.context = context
    self.path = path
    self.hearsVariables = hearsVariables
    source = node?.source ?? .builtIn
    switch node?.value {
    case .object(let members)?: self.members = members
    case nil, .null?: members = []
    case let other?:
      members = []
      context.wrong(
        source, path, expected: "an object", found: other.kind,
        suggestion: "write { … } with the keys contrib/doc/configuration.md lists")
    }
    var places: [String: Int] = [:]
    for (place, member) in members.enumerated() { places[member.name] = place }
    self.places = places
  }

  // MARK: Asking

  /// The value as it stands; nil where there is none, or `null`, which means the same.
  mutating func node(_ name: String) -> Node? {
    known.append(name)
    context.ask(path + [name])
    return present(name)
  }

  /// Whether anything stands there, right or wrong; asks for nothing.
  func has(_ name: String) -> Bool { present(name) != nil }

  private func present(_ name: String) -> Node? {
    guard let place = places[name], members[place].value.value != .null else { return nil }
    return members[place].value
  }

  mutating func section(_ name: String) -> SectionReader {
    SectionReader(context, node(name), path: path + [name], hearsVariables: hearsVariables)
  }

  mutating func optional<Value>(
    _ name: String, _ form: Form<Value>, takes: Setting.Takes = .effectOnReload
  ) -> Value? {
    let node = node(name)
    if hearsVariables, let above = context.override(path + [name]) {
      return read(Node(Self.parsed(above.text), above.source), name, form, takes)
    }
    return node.flatMap { read($0, name, form, takes) }
  }

  mutating func value<Value>(
    _ name: String, _ form: Form<Value>, default usual: Value, takes: Setting.Takes = .effectOnReload
  ) -> Value {
    if let value = optional(name, form, takes: takes) { return value }
    context.record(path + [name], form.show(usual), .builtIn, takes)
    return usual
  }

  /// Each item by the form; a wrong one is reported by its index and left out.
  mutating func list<Value>(
    _ name: String, of form: Form<Value>, most: Int, takes: Setting.Takes = .effectOnReload
  ) -> [Value] {
    guard let node = node(name) else {
      context.record(path + [name], .list([]), .builtIn, takes)
      return []
    }
    return Self.items(node, path: path + [name], of: form, most: most, context, takes)
  }

  static func items<Value>(
    _ node: Node, path: [String], of form: Form<Value>, most: Int, _ context: ReadingContext,
    _ takes: Setting.Takes
  ) -> [Value] {
    guard case .list(let items) = node.value else {
      context.wrong(
        node.source, path, expected: "a list", found: node.value.kind,
        suggestion: "put it in brackets: [\(form.example)]")
      return []
    }
    if items.count > most {
      context.wrong(
        node.source, path, expected: "a list of at most \(most)", found: "\(items.count)",
        suggestion: "keep the first \(most)")
    }
    var values: [Value] = []
    for (index, item) in items.prefix(most).enumerated() {
      if let value = checked(item, path + ["[\(index)]"], form, context) { values.append(value) }
    }
    context.record(path, .list(values.map(form.show)), node.source, takes)
    return values
  }

  /// The members as they stand, for objects whose keys are names. Leaves out those that are `null`.
  func entries() -> [Node.Member] { members.filter { $0.value.value != .null } }

  /// For keys that mean nothing here: they are known, so that the error can say why.
  mutating func refuse(_ name: String, expected: String, suggestion: String) {
    known.append(name)
    guard let place = places[name], members[place].value.value != .null else { return }
    context.wrong(
      members[place].source, path + [name], expected: expected, found: "one", suggestion: suggestion)
  }

  /// To be called when everything has been asked for.
  func finish() {
    for member in members where !known.contains(member.name) {
      let near = Suggestion.nearest(to: member.name, in: known)
      context.wrong(
        member.source, path + [member.name],
        expected: "one of the keys \(known.sorted().joined(separator: ", "))",
        found: "the unknown key \(Quoting.quoted(member.name))",
        suggestion: near.map { "did you mean \"\($0)\"?" } ?? "remove it, or see contrib/doc/configuration.md"
      )
    }
  }

  // MARK: Reading

  private func read<Value>(_ node: Node, _ name: String, _ form: Form<Value>, _ takes: Setting.Takes)
    -> Value?
  {
    guard let value = Self.checked(node, path + [name], form, context) else { return nil }
    context.record(path + [name], form.show(value), node.source, takes)
    return value
  }

  static func checked<Value>(_ node: Node, _ path: [String], _ form: Form<Value>, _ context: ReadingContext)
    -> Value?
  {
    switch form.read(node.value) {
    case .value(let value): return value
    case .wrong(let suggestion, let found, let expected):
      context.wrong(
        node.source, path, expected: expected ?? form.expected, found: found ?? described(node.value),
        suggestion: suggestion ?? "for example: \(form.example)")
      return nil
    }
  }

  /// Text is not repeated: where something else belongs, it may well be a key.
  private static func described(_ value: Node.Value) -> String {
    switch value {
    case .bool(let bool): "\(bool)"
    case .number(let number): written(number)
    default: value.kind
    }
  }

  /// A variable's text as the value it would be in a file: a number where it is one.
  private static func parsed(_ text: String) -> Node.Value {
    if let first = text.utf8.first, isDigit(first) || "+-.".utf8.contains(first),
      case .number(let number)? = try? JSON5Reader.read(Array(text.utf8), file: "").root.value
    {
      return .number(number)
    }
    return text == "true" ? .bool(true) : text == "false" ? .bool(false) : .text(text)
  }
}
