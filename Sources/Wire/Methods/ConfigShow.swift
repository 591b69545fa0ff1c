public import Model

/// The configuration in force.
public enum ConfigShow: Method {
  public static let name = "config.show"
  public static let summary = "Shows the configuration in force and where it came from"
  public static let documentation = """
    Everything is there, defaults included, as the daemon uses it now. Secrets are never shown: a member that holds one \
    is an object that says whether it is set and where from.
    """
  public static let access = MethodAccess.reads
  public static let scope = MethodScope.admin
  public static let example = MethodExample(
    Params(),
    Result(
      config: ["log": ["format": "auto", "level": "info"], "limits": ["messagesPerMinute": 30]],
      sources: [
        ConfigSource(kind: .file, name: "/etc/companion/companiond.json5", found: false),
        ConfigSource(kind: .file, name: "/home/mira/.config/companion/companiond.json5", found: true),
        ConfigSource(kind: .environment, name: "COMPANION_LOG_LEVEL", found: true),
      ]))

  public typealias Params = Empty

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var config: JSONValue
    public var sources: [ConfigSource]
    public var problems: [ConfigProblem]?

    public init(config: JSONValue, sources: [ConfigSource], problems: [ConfigProblem]? = nil) {
      self.config = config
      self.sources = sources
      self.problems = problems
    }

    public static let fields = [
      "config": "The configuration, in the form of the file.",
      "sources": "Where it was read from; a later one wins over an earlier one.",
      "problems": "What keeps the files as they are now from being used; absent when they are in force.",
    ]
  }
}

/// One place the configuration was looked for.
public struct ConfigSource: Codable, Hashable, Sendable, Documented {
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable { case file, environment, option }

  public var kind: Kind
  public var name: String
  public var found: Bool

  public init(kind: Kind, name: String, found: Bool) {
    self.kind = kind
    self.name = name
    self.found = found
  }

  public static let fields = [
    "kind": "What kind of place.",
    "name": "The file's path, the variable's name, or the option.",
    "found": "False for a file that could be there and is not.",
  ]
}

/// Why a configuration cannot be used, for the person who wrote it.
public struct ConfigProblem: Codable, Hashable, Sendable, Documented {
  public var source: String
  public var line: Int?
  public var column: Int?
  public var path: String?
  public var message: String
  public var suggestion: String?

  public init(
    source: String, line: Int? = nil, column: Int? = nil, path: String? = nil, message: String,
    suggestion: String? = nil
  ) {
    self.source = source
    self.line = line
    self.column = column
    self.path = path
    self.message = message
    self.suggestion = suggestion
  }

  public static let fields = [
    "source": "The file, variable or option.",
    "line": "Where in the file, counted from 1.",
    "column": "Where in the line, counted from 1.",
    "path": "The member, such as `limits.messagesPerMinute`.",
    "message": "What is wrong and what was expected.",
    "suggestion": "What may have been meant.",
  ]
}
