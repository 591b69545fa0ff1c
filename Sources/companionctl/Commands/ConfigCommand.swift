import Base
import Client
import Config
import FoundationEssentials
import Glibc
import Wire

extension Commands {
  static let config = CommandSpec(
    name: "config",
    summary: "Show, check or reload the daemon's configuration",
    examples: [
      .init("companionctl config", "What is in force, and where it came from."),
      .init("companionctl config check && companionctl config reload", "Apply an edit that is sound."),
    ],
    subcommands: [configShow, configCheck, configReload],
    run: configShow.run)

  private static let configShow = CommandSpec(
    name: "show",
    summary: "The configuration in force and the files it comes from; never a secret",
    examples: [.init("companionctl --json config show | jq .config.limits", "A part of it.")]
  ) { invocation in
    let reply = try invocation.client()
      .call(CallRequest(ConfigShow.self, Empty()), timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    let shown = try reply.decoded(as: ConfigShow.self)
    let out = invocation.out
    var table = Table()
    // Variables that could be set and are not would only bury the rest; a file's place is worth knowing.
    for source in shown.sources where source.found || source.kind == .file {
      let found = source.found ? "read" : "not there"
      table.row(
        "\(source.kind.rawValue)", "\(source.name.escaped)",
        Table.Cell(found, shown: source.found ? found : out.styled(found, .dim)))
    }
    if !table.isEmpty { out.line(table.text + "\n") }
    out.line(JSONPrinter.spread(try JSONText.encoder().encode(shown.config), out))
    tell(shown.problems ?? [], "The files as they are now cannot be used:", invocation)
    return .done
  }

  private static let configReload = CommandSpec(
    name: "reload",
    summary: "Have the daemon read its files again and apply them, all or nothing",
    discussion: "No connection or call is dropped. The exit status is 1 when nothing was applied."
  ) { invocation in
    let reply = try invocation.client()
      .call(CallRequest(ConfigReload.self, Empty()), timeout: Invocation.patience)
    let result = try reply.decoded(as: ConfigReload.self)
    let code: ExitCode = result.applied ? .done : .refused
    if invocation.json {
      invocation.print(reply.json)
      return code
    }
    guard result.applied else {
      tell(result.problems ?? [], "Nothing was applied:", invocation)
      return code
    }
    if result.changed.isEmpty { invocation.out.line("Read again; nothing is different.") }
    for path in result.changed {
      let waits = result.restart.contains(path) ? " (from the next start on)" : ""
      invocation.out.line("\(path.escaped) is different now\(waits)")
    }
    return code
  }

  private static let configCheck = CommandSpec(
    name: "check",
    summary: "Read the files here, as a daemon would, and say what is wrong with them",
    takes: "[FILE]",
    words: 0...1,
    discussion: """
      Asks no daemon. Without a file: those that a daemon of this user would read, environment included. The exit status is 1 \
      when there is a problem.
      """,
    examples: [.init("companionctl config check companiond.json5", "Before it is put in place.")]
  ) { invocation in
    let loader = ConfigurationLoader(
      environment: invocation.environment, explicitFile: invocation.words.first.map(FileText.absolute),
      home: invocation.environment["HOME"])
    do {
      let loaded = try loader.load()
      for warning in loaded.warnings { invocation.err.foreign("warning: \(warning)") }
      if invocation.json {
        try invocation.print(Checked(ok: true, files: loaded.files, problems: []))
      } else if loaded.files.isEmpty {
        invocation.out.line("There is no file; the built-in values hold.")
      } else {
        for file in loaded.files { invocation.out.line("\(file.escaped) is good") }
      }
      return .done
    } catch let error as ConfigurationErrors {
      if invocation.json {
        try invocation.print(
          Checked(ok: false, files: [], problems: error.problems.map { String(describing: $0) }))
      } else {
        invocation.err.foreign(error.description)
      }
      return .refused
    }
  }

  private struct Checked: Encodable {
    let ok: Bool
    let files: [String]
    let problems: [String]
  }

  private static func tell(_ problems: [ConfigProblem], _ title: String, _ invocation: Invocation) {
    guard !problems.isEmpty else { return }
    invocation.err.line(invocation.err.styled(title, .red))
    for problem in problems {
      var place = problem.source
      if let line = problem.line { place += ":\(line)" }
      if problem.line != nil, let column = problem.column { place += ":\(column)" }
      if let path = problem.path, !path.isEmpty { place += ": \(path)" }
      invocation.err.line("  \(place.escaped): \(problem.message.escaped)")
      if let suggestion = problem.suggestion { invocation.err.line("      \(suggestion.escaped)") }
    }
  }
}
