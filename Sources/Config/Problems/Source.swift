/// A place in a text, counted from one as editors do. A column is a Unicode scalar; a tab is one.
package struct Position: Sendable, Hashable, CustomStringConvertible {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package var description: String { "\(line):\(column)" }
}

/// Where a value, or a problem, came from. Kept through merging, so that an error always names the file a person
/// has to open, and `config.show` can say why a value is what it is.
package enum Source: Sendable, Hashable, CustomStringConvertible {
  /// No layer says anything: the value the program brings along.
  case builtIn
  /// No position means the file as a whole: it could not be read, or it is a key file.
  case file(String, Position?)
  case environment(String)
  /// A command-line option, spelt as it was given: `--log-level`.
  case option(String)

  package var description: String {
    switch self {
    case .builtIn: "default"
    case .file(let path, nil): Quoting.plain(path)
    case .file(let path, let position?): "\(Quoting.plain(path)):\(position)"
    case .environment(let name): "environment \(name)"
    case .option(let name): name
    }
  }

  /// The file's path, for what is looked up beside it.
  package var file: String? {
    if case .file(let path, _) = self { path } else { nil }
  }
}
