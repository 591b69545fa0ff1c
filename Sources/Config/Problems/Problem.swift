/// One thing that is wrong with the configuration, said so that a person can mend it without a manual.
package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
  package let source: Source
  /// Such as `providers.home.url`; empty for a file as a whole.
  package let path: String
  /// Completes "expected …".
  package let expected: String
  /// Completes "found …". Never a secret's value.
  package let found: String?
  /// A whole remark: `did you mean "url"?`, or the command to run.
  package let suggestion: String?

  package init(_ source: Source, path: String, expected: String, found: String?, suggestion: String?) {
    self.source = source
    self.path = path
    self.expected = expected
    self.found = found
    self.suggestion = suggestion
  }

  /// The first line is in the form editors and compilers agree on (`file:line:column: …`), so that they can jump.
  package var description: String {
    var text = "\(source): "
    if !path.isEmpty { text += "\(path): " }
    text += "expected \(expected)"
    if let found { text += ", found \(found)" }
    if let suggestion { text += "\n    \(suggestion)" }
    return text
  }
}

/// Everything that is wrong, file by file. `description` is the report for people: what
/// `--check-config` and a refused start print.
package struct ConfigurationErrors: Error, Sendable, Equatable, CustomStringConvertible {
  package let problems: [Problem]
  /// How many more there were than are kept.
  package let omitted: Int

  package init(_ problems: [Problem], omitted: Int = 0) {
    self.problems = problems
    self.omitted = omitted
  }

  package var description: String {
    let total = problems.count + omitted
    var text =
      total == 1 ? "The configuration has a problem:\n" : "The configuration has \(total) problems:\n"
    for problem in problems { text += "\n\(problem)\n" }
    if omitted > 0 { text += "\n… and \(omitted) more.\n" }
    return text
  }
}

/// Gathers problems up to a number a person could read; a garbled megabyte must not become a hundred of them.
struct ProblemList: Sendable {
  static let most = 100

  private(set) var kept: [Problem] = []
  private(set) var omitted = 0

  var isEmpty: Bool { kept.isEmpty }

  /// The problem is only made (suggestions cost something) when it will be kept.
  mutating func add(_ problem: @autoclosure () -> Problem) {
    if kept.count < Self.most { kept.append(problem()) } else { omitted += 1 }
  }

  /// In the order a person would go through them: file by file, from top to bottom, then the environment.
  func errors(files: [String]) -> ConfigurationErrors {
    func rank(_ problem: Problem) -> (Int, Int, Int) {
      guard case .file(let path, let position) = problem.source else { return (.max, 0, 0) }
      return (files.firstIndex(of: path) ?? files.count, position?.line ?? 0, position?.column ?? 0)
    }
    return ConfigurationErrors(kept.sorted { rank($0) < rank($1) }, omitted: omitted)
  }
}
