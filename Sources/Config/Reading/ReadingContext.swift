import Base

/// What is gathered while the merged tree is turned into values. One load uses one, on the thread that loads.
final class ReadingContext {
  let layers: Layers
  let keyFiles: KeyFile
  /// Empty variables count as absent, as they do for most programs.
  private let environment: [String: String]
  private let options: [String: (name: String, value: String)]
  var problems: ProblemList
  var warnings: [Problem]
  private(set) var settings: [Setting] = []
  /// Every `COMPANION_…` name that would have been heard.
  private(set) var variables: [String] = []
  /// Every key of the fixed sections, for the test that keeps the documentation complete.
  private(set) var asked: [String] = []

  init(
    layers: Layers, keyFiles: KeyFile, environment: [String: String],
    options: [String: (name: String, value: String)]
  ) {
    self.layers = layers
    self.keyFiles = keyFiles
    self.environment = environment
    self.options = options
    problems = layers.problems
    warnings = layers.warnings
  }

  func variable(_ name: String) -> String? {
    guard let value = environment[name], !value.isEmpty else { return nil }
    return value
  }

  /// What stands above the files for this path: an option, else a variable.
  func override(_ path: [String]) -> (text: String, source: Source)? {
    let name = Self.variableName(path)
    variables.append(name)
    if let option = options[path.joined(separator: ".")] { return (option.value, .option(option.name)) }
    return variable(name).map { ($0, .environment(name)) }
  }

  /// `limits.messagesPerMinute` is `COMPANION_LIMITS_MESSAGES_PER_MINUTE`.
  static func variableName(_ path: [String]) -> String {
    var name = "COMPANION"
    for step in path {
      name += "_"
      for character in step {
        if character.isUppercase { name += "_" }
        name += character.uppercased()
      }
    }
    return name
  }

  func ask(_ path: [String]) { asked.append(JSON5Reader.joined(path)) }

  func record(_ path: [String], _ value: Setting.Value, _ source: Source, _ takes: Setting.Takes) {
    settings.append(Setting(steps: path, value: value, source: source, takes: takes))
  }

  func wrong(
    _ source: Source, _ path: [String], expected: String, found: String? = nil, suggestion: String? = nil
  ) {
    problems.add(
      Problem(
        source, path: JSON5Reader.joined(path), expected: expected, found: found, suggestion: suggestion))
  }

  func warn(
    _ source: Source, _ path: [String], expected: String, found: String? = nil, suggestion: String? = nil
  ) {
    warnings.append(
      Problem(
        source, path: JSON5Reader.joined(path), expected: expected, found: found, suggestion: suggestion))
  }

  /// A variable we would hear under a name only slightly different is surely meant for us. Others that begin with
  /// `COMPANION_` may be another program's.
  func reportMistypedVariables() {
    for name in environment.keys.sorted() where name.hasPrefix("COMPANION_") && !variables.contains(name) {
      guard let near = Suggestion.nearest(to: name, in: variables) else { continue }
      warn(
        .environment(name), [], expected: "a variable companiond knows", found: Quoting.quoted(name),
        suggestion: "did you mean \(near)?")
    }
  }
}
