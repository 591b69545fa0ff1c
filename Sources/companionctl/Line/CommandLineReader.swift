import Base

/// A command line taken apart.
struct ParsedLine {
  /// From the program's name down to the command.
  var path: [CommandSpec]
  var words: [String] = []
  var values: [String: String] = [:]
  var switches: Set<String> = []

  var names: [String] { path.map(\.name) }
}

/// Takes words apart by the commands' own declarations. `--name VALUE` and `--name=VALUE` are the same; `--` ends options.
enum CommandLineReader {
  static func read(_ arguments: [String], root: CommandSpec) throws(UsageError) -> ParsedLine {
    var line = ParsedLine(path: [root])
    var rest = arguments[...]
    var onlyWords = false
    while let argument = rest.popFirst() {
      if argument == "--", !onlyWords {
        onlyWords = true
      } else if !onlyWords, isOption(argument) {
        try takeOption(argument, &rest, &line)
      } else {
        try takeWord(argument, &line, isPlain: onlyWords)
      }
    }
    return line
  }

  /// What the command needs beyond its parts; not asked where only help is wanted.
  static func check(_ line: ParsedLine) throws(UsageError) {
    let command = line.path[line.path.count - 1]
    guard command.run != nil else {
      let known = command.subcommands.map(\.name).joined(separator: ", ")
      throw UsageError("Which command? There are \(known).", seeHelpOf: line.names)
    }
    let name = line.names.dropFirst().joined(separator: " ")
    if line.words.count < command.words.lowerBound {
      throw UsageError("\(name) needs \(command.takes).", seeHelpOf: line.names)
    }
    if line.words.count > command.words.upperBound {
      // `chats delte X`: the first word was meant to be a command.
      let below = command.subcommands.map(\.name)
      if let meant = line.words.first.flatMap({ Suggestion.nearest(to: $0, in: below) }) {
        let word = line.words[0].printable(limit: 80)
        throw UsageError("There is no command \(name) \(word). Did you mean \(meant)?", seeHelpOf: line.names)
      }
      let surplus = line.words[command.words.upperBound].printable(limit: 80)
      throw UsageError("\(surplus) is one word too many for \(name).", seeHelpOf: line.names)
    }
  }

  /// A number below zero is a value, and a lone dash stands for stdin.
  private static func isOption(_ argument: String) -> Bool {
    guard argument.hasPrefix("-"), argument != "-" else { return false }
    return !(argument.dropFirst().first?.isNumber ?? false)
  }

  private static func takeOption(
    _ argument: String, _ rest: inout ArraySlice<String>, _ line: inout ParsedLine
  ) throws(UsageError) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let written = String(parts[0])
    let name = written == "-h" ? "--help" : written
    let known = OptionSpec.global + line.path.flatMap(\.options)
    guard let option = known.first(where: { $0.name == name }) else {
      let hint = Suggestion.nearest(to: name, in: known.map(\.name)).map { " Did you mean \($0)?" } ?? ""
      throw UsageError(
        "There is no option \(written.printable(limit: 80)).\(hint)", seeHelpOf: line.names)
    }
    let inline = parts.count == 2 ? String(parts[1]) : nil
    if option.value == nil {
      if inline != nil { throw UsageError("\(name) takes no value.", seeHelpOf: line.names) }
      line.switches.insert(name)
    } else {
      guard let value = inline ?? rest.popFirst() else {
        throw UsageError("\(name) needs a value.", seeHelpOf: line.names)
      }
      line.values[name] = value
    }
  }

  /// Where a command takes words and has commands below it as well, a word is one of those when it can be.
  private static func takeWord(_ word: String, _ line: inout ParsedLine, isPlain: Bool) throws(UsageError) {
    let command = line.path[line.path.count - 1]
    let takesWords = command.words.upperBound > 0
    guard !command.subcommands.isEmpty, line.words.isEmpty, !(takesWords && isPlain) else {
      line.words.append(word)
      return
    }
    guard let next = command.subcommands.first(where: { $0.name == word }) else {
      if takesWords {
        line.words.append(word)
        return
      }
      let names = command.subcommands.map(\.name)
      let hint = Suggestion.nearest(to: word, in: names).map { " Did you mean \($0)?" } ?? ""
      let what = line.path.count == 1 ? "command" : "command \(command.name)"
      throw UsageError("There is no \(what) \(word.printable(limit: 80)).\(hint)", seeHelpOf: line.names)
    }
    line.path.append(next)
  }
}
