import Base
import FoundationEssentials
import Model
import Wire

/// A setting that a person can name, and what it takes.
struct SettingName: Sendable {
  enum Kind: Sendable {
    case text
    case whole
    case number
    case flag
    case list
    case choice([String])

    var words: String {
      switch self {
      case .text: "text"
      case .whole: "a whole number"
      case .number: "a number"
      case .flag: "true or false"
      case .list: "a list of texts"
      case .choice(let words): words.joined(separator: "|")
      }
    }
  }

  let path: String
  let kind: Kind

  private init(_ path: String, _ kind: Kind) {
    self.path = path
    self.kind = kind
  }

  static let all: [SettingName] =
    [
      SettingName("user.name", .text), SettingName("user.appearance", .text),
      SettingName("user.overview", .text), SettingName("defaults.model", .text),
      SettingName("defaults.illustrate", .choice(ChatSettings.Illustrate.allCases.map(\.rawValue))),
      SettingName("defaults.maxTokens", .whole), SettingName("defaults.contextMessages", .whole),
      SettingName("defaults.user.name", .text), SettingName("defaults.user.appearance", .text),
      SettingName("defaults.user.overview", .text), SettingName("defaults.note.text", .text),
      SettingName("defaults.note.depth", .whole),
      SettingName("defaults.note.role", .choice(AuthorNote.Role.allCases.map(\.rawValue))),
      SettingName("defaults.note.every", .whole), SettingName("defaults.analysis.every", .whole),
      SettingName(
        "defaults.analysis.model", .choice(AnalysisSettings.Reader.allCases.map(\.rawValue))),
    ]
    + ["name", "person", "boilerplate", "tags", "loops", "length"]
    .map { SettingName("defaults.guards.\($0)", .flag) }
    + ["temperature", "topP", "minP", "repeatPenalty", "presence", "frequency"]
    .map { SettingName("defaults.sampling.\($0)", .number) }
    + [
      SettingName("defaults.sampling.topK", .whole), SettingName("defaults.sampling.seed", .whole),
      SettingName("defaults.sampling.stop", .list), SettingName("reuse", .flag),
      SettingName("rating", .choice(ContentRating.allCases.map(\.rawValue))),
    ]

  /// Those of one chat: what `defaults` says for new ones.
  static let ofChat = all.compactMap { name in
    name.path.hasPrefix("defaults.") ? SettingName(String(name.path.dropFirst(9)), name.kind) : nil
  }

  static func named(
    _ word: String, among all: [SettingName] = all, seeHelpOf path: [String]
  ) throws(UsageError) -> SettingName {
    if let name = all.first(where: { $0.path == word }) { return name }
    throw unknown(word, all.map(\.path), path)
  }

  /// For clearing, `user`, `defaults` and the groups below are names too.
  static func path(
    orGroup word: String, among all: [SettingName] = all, seeHelpOf path: [String]
  ) throws(UsageError) -> String {
    let groups = Set(
      all.flatMap { name in
        let parts = name.path.split(separator: ".")
        return (1..<max(1, parts.count)).map { parts[..<$0].joined(separator: ".") }
      })
    if groups.contains(word) || all.contains(where: { $0.path == word }) { return word }
    throw unknown(word, all.map(\.path) + groups.sorted(), path)
  }

  private static func unknown(_ word: String, _ known: [String], _ path: [String]) -> UsageError {
    let hint = Suggestion.nearest(to: word, in: known).map { " Did you mean \($0)?" } ?? ""
    return UsageError("There is no setting \(word.escaped).\(hint)", seeHelpOf: path)
  }

  /// The word as the setting's kind of value.
  func value(of word: String, seeHelpOf help: [String]) throws(UsageError) -> JSONValue {
    let value: JSONValue? =
      switch kind {
      case .text: .string(word)
      case .whole: Int64(word).map { .integer($0) }
      case .number: Double(word).flatMap { $0.isFinite ? .number($0) : nil }
      case .flag:
        switch word {
        case "true", "yes", "on": .bool(true)
        case "false", "no", "off": .bool(false)
        default: nil
        }
      case .choice(let words): words.contains(word) ? .string(word) : nil
      case .list: Self.list(word)
      }
    if let value { return value }
    throw UsageError("\(path) takes \(kind.words), not \(word.escaped).", seeHelpOf: help)
  }

  /// A JSON array of texts, or one text.
  private static func list(_ word: String) -> JSONValue? {
    guard word.hasPrefix("[") else { return [.string(word)] }
    let items = try? JSONDecoder().decode([String].self, from: Data(word.utf8))
    return items.map { .array($0.map { .string($0) }) }
  }
}

/// A change to some settings, worked out on those there are: the daemon replaces `user` and `defaults` whole.
struct SettingsEdit {
  let params: SettingsSet.Params

  init(of old: Settings, _ changes: [(String, JSONValue)]) throws {
    var tree = JSONText.value(old)
    for (path, value) in changes { tree.set(path[...], to: value) }
    func touches(_ member: String) -> Bool {
      changes.contains { $0.0 == member || $0.0.hasPrefix(member + ".") }
    }
    params = SettingsSet.Params(
      user: touches("user") ? try Self.patch(tree["user"], as: UserPersona.self, "user") : .keep,
      defaults: touches("defaults")
        ? try Self.patch(tree["defaults"], as: ChatSettings.self, "defaults") : .keep,
      reuse: touches("reuse") ? tree["reuse"] == .bool(true) : nil,
      rating: touches("rating") ? try Self.patch(tree["rating"], as: ContentRating.self, "rating") : .keep,
      ifRevision: old.revision)
  }

  /// What of a chat's settings is to change: each member that a change touches, whole.
  static func patch(
    _ old: ChatSettings, _ changes: [(String, JSONValue)], seeHelpOf help: [String]
  ) throws -> ChatSettingsPatch {
    var tree = JSONText.value(old)
    for (path, value) in changes { tree.set(path[...], to: value) }
    var members: [String: JSONValue] = [:]
    for (path, _) in changes {
      let member = String(path.prefix { $0 != "." })
      members[member] = tree[member] ?? .null
    }
    do {
      return try JSONDecoder().decode(
        ChatSettingsPatch.self, from: try JSONText.encoder().encode(JSONValue.object(members)))
    } catch DecodingError.keyNotFound(let key, let context) {
      let path = (context.codingPath.map(\.stringValue) + [key.stringValue]).joined(separator: ".")
      throw UsageError("\(path) must be set as well.", seeHelpOf: help)
    }
  }

  private static func patch<Value: Codable & Sendable & Hashable>(
    _ tree: JSONValue?, as type: Value.Type, _ name: String
  ) throws -> Patch<Value> {
    guard let tree, tree != .null, tree != [:] else { return .clear }
    do {
      return .set(try JSONDecoder().decode(type, from: try JSONText.encoder().encode(tree)))
    } catch DecodingError.keyNotFound(let key, let context) {
      let path = ([name] + context.codingPath.map(\.stringValue) + [key.stringValue]).joined(separator: ".")
      throw UsageError("\(path) must be set as well.", seeHelpOf: ["companionctl", "settings", "set"])
    }
  }
}

extension JSONValue {
  /// The value at `a.b.c`.
  func at(_ path: Substring) -> JSONValue? {
    guard let dot = path.firstIndex(of: ".") else { return self[String(path)] }
    return self[String(path[..<dot])]?.at(path[path.index(after: dot)...])
  }

  /// Sets or (with null) removes the value at `a.b.c`; groups that become empty go too.
  mutating func set(_ path: Substring, to value: JSONValue) {
    var members = object ?? [:]
    if let dot = path.firstIndex(of: ".") {
      let name = String(path[..<dot])
      var group = members[name] ?? [:]
      group.set(path[path.index(after: dot)...], to: value)
      // Not by assigning nil, which a JSON value takes for null.
      if group == [:] { members.removeValue(forKey: name) } else { members[name] = group }
    } else {
      if value == .null { members.removeValue(forKey: String(path)) } else { members[String(path)] = value }
    }
    self = .object(members)
  }
}
