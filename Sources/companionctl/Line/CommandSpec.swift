/// What a command is called, takes and does: parsing, help and suggestions all come from here.
struct CommandSpec: Sendable {
  let name: String
  /// One line, without a full stop.
  let summary: String
  /// Behind the name in the usage line: `METHOD ['{json}'|-]`.
  var takes = ""
  /// How many words it takes.
  var words: ClosedRange<Int> = 0...0
  var options: [OptionSpec] = []
  /// What one must know beyond the summary.
  var discussion = ""
  /// Words that the command takes, each with its meaning, under a title.
  var terms: (title: String, rows: [(String, String)]) = ("", [])
  var examples: [Example] = []
  var subcommands: [CommandSpec] = []
  /// nil where only the subcommands do something.
  var run: (@Sendable (Invocation) throws -> ExitCode)?

  struct Example: Sendable {
    let line: String
    let says: String

    init(_ line: String, _ says: String) {
      self.line = line
      self.says = says
    }
  }
}

struct OptionSpec: Sendable {
  /// With its dashes.
  let name: String
  /// What stands for its value in the help; nil for a switch.
  let value: String?
  let summary: String

  init(_ name: String, _ value: String? = nil, _ summary: String) {
    self.name = name
    self.value = value
    self.summary = summary
  }

  /// Understood by every command, before or behind it.
  static let global = [
    OptionSpec("--socket", "PATH", "the daemon's socket; else COMPANION_SOCKET, else this user's own"),
    OptionSpec("--json", nil, "results as JSON, one text a line; errors as JSON on stderr"),
    OptionSpec("--help", nil, "say what there is; behind a command, what that command takes"),
  ]
}

/// The exit statuses that scripts may rely on.
enum ExitCode: Int32 {
  case done = 0
  /// The daemon said no.
  case refused = 1
  case usage = 2
  case unreachable = 3
  case interrupted = 130
}

/// A command line that makes no sense: what is wrong, and where to read on.
struct UsageError: Error {
  let message: String
  let advice: String

  init(_ message: String, seeHelpOf path: [String] = ["companionctl"]) {
    self.message = message
    advice = "See \(path.joined(separator: " ")) --help"
  }
}
