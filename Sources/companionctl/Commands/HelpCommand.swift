import Base

extension Commands {
  static let help: CommandSpec = CommandSpec(
    name: "help",
    summary: "Explain a command",
    takes: "[COMMAND …]",
    words: 0...3,
    examples: [.init("companionctl help settings set", "The same as companionctl settings set --help.")]
  ) { invocation in
    var path = [root]
    for word in invocation.words {
      let known = path[path.count - 1].subcommands
      guard let next = known.first(where: { $0.name == word }) else {
        let hint = Suggestion.nearest(to: word, in: known.map(\.name)).map { " Did you mean \($0)?" } ?? ""
        throw UsageError("There is no command \(word.escaped).\(hint)")
      }
      path.append(next)
    }
    invocation.out.write(Array(HelpText.text(for: path).utf8))
    return .done
  }

  static let version = CommandSpec(
    name: "version",
    summary: "The version of this program",
    discussion: "The daemon's own is part of companionctl status."
  ) { invocation in
    if invocation.json {
      try invocation.print(["name": "companionctl", "version": releaseVersion])
    } else {
      invocation.out.line("companionctl \(releaseVersion)")
    }
    return .done
  }
}
