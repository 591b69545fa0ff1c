/// The configuration as `config.show` gives it out: as it could be written in a file, except that of a secret only
/// its presence and origin are told.
package struct ShownConfiguration: Sendable, Equatable, Encodable {
  package let config: Tree
  /// For every path whose value does not come with the program.
  package let sources: [String: String]
  package let files: [String]

  package indirect enum Tree: Sendable, Equatable {
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([Tree])
    case object([(name: String, value: Tree)])
    case secret(source: String)
  }
}

extension LoadedConfiguration {
  package var shown: ShownConfiguration {
    var root = ShownConfiguration.Tree.object([])
    var sources: [String: String] = [:]
    for setting in settings {
      root.set(setting.steps[...], ShownConfiguration.Tree(setting.value, setting.source))
      if setting.source != .builtIn { sources[setting.path] = setting.source.description }
    }
    return ShownConfiguration(config: root, sources: sources, files: files)
  }
}

extension ShownConfiguration.Tree {
  fileprivate init(_ value: Setting.Value, _ source: Source) {
    self =
      switch value {
      case .bool(let bool): .bool(bool)
      case .integer(let integer): .integer(integer)
      case .number(let number): .number(number)
      case .text(let text): .text(text)
      case .list(let items): .list(items.map { Self($0, source) })
      case .secret: .secret(source: source.description)
      }
  }

  /// Puts a leaf at its path, making the objects on the way.
  fileprivate mutating func set(_ steps: ArraySlice<String>, _ leaf: Self) {
    guard let step = steps.first else {
      self = leaf
      return
    }
    var members: [(name: String, value: Self)] = if case .object(let members) = self { members } else { [] }
    let place = members.firstIndex { $0.name == step } ?? members.count
    if place == members.count { members.append((step, .object([]))) }
    members[place].value.set(steps.dropFirst(), leaf)
    self = .object(members)
  }

  package static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.text(let a), .text(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.object(let a), .object(let b)): a.elementsEqual(b) { $0.name == $1.name && $0.value == $1.value }
    case (.secret(let a), .secret(let b)): a == b
    default: false
    }
  }
}

extension ShownConfiguration.Tree: Encodable {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .object(let members):
      var container = encoder.container(keyedBy: Name.self)
      for member in members { try container.encode(member.value, forKey: Name(stringValue: member.name)) }
    case .secret(let source):
      var container = encoder.container(keyedBy: Name.self)
      try container.encode(true, forKey: Name(stringValue: "set"))
      try container.encode(source, forKey: Name(stringValue: "source"))
    case .list(let items):
      var container = encoder.unkeyedContainer()
      for item in items { try container.encode(item) }
    case .bool(let bool): try encode(bool, encoder)
    case .integer(let integer): try encode(integer, encoder)
    case .number(let number): try encode(number, encoder)
    case .text(let text): try encode(text, encoder)
    }
  }

  private func encode(_ value: some Encodable, _ encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}
