/// Help, from the declarations: 80 columns, no more than one screen for a command.
enum HelpText {
  static func text(for path: [CommandSpec]) -> String {
    let command = path[path.count - 1]
    var text = "Usage: \(usage(path))\n\n\(command.summary).\n"
    if !command.discussion.isEmpty { text += "\n\(Wrapping.wrap(command.discussion, width: 78))\n" }
    if !command.subcommands.isEmpty {
      let rows = command.subcommands.map { ("  \($0.name)", $0.summary) }
      text += "\nCommands:\n\(columns(rows))"
    }
    if !command.terms.rows.isEmpty {
      text += "\n\(command.terms.title):\n\(columns(command.terms.rows.map { ("  \($0.0)", $0.1) }))"
    }
    if !command.options.isEmpty { text += "\nOptions:\n\(columns(command.options.map(row)))" }
    text += "\nEverywhere:\n\(columns(OptionSpec.global.map(row)))"
    if !command.examples.isEmpty {
      text += "\nExamples:\n"
      for example in command.examples { text += "  \(example.line)\n      \(example.says)\n" }
    }
    if path.count == 1 {
      text += "\nExit status: 0 done, 1 the daemon said no, 2 a command line that makes no sense,\n"
      text += "3 no daemon could be reached, 130 interrupted.\n"
    }
    return text
  }

  private static func usage(_ path: [CommandSpec]) -> String {
    let command = path[path.count - 1]
    var parts = path.map(\.name)
    parts += command.options.map { option in "[\(option.name)\(option.value.map { " " + $0 } ?? "")]" }
    if !command.subcommands.isEmpty { parts.append(command.run == nil ? "COMMAND …" : "[COMMAND …]") }
    if !command.takes.isEmpty { parts.append(command.takes) }
    return parts.joined(separator: " ")
  }

  private static func row(_ option: OptionSpec) -> (String, String) {
    ("  \(option.name)\(option.value.map { " " + $0 } ?? "")", option.summary)
  }

  private static func columns(_ rows: [(String, String)]) -> String {
    let width = (rows.map(\.0.count).max() ?? 0) + 2
    return rows.reduce(into: "") { text, row in
      let lines = Wrapping.lines(row.1, width: max(30, 78 - width))
      text += row.0 + String(repeating: " ", count: width - row.0.count) + (lines.first ?? "") + "\n"
      for line in lines.dropFirst() { text += String(repeating: " ", count: width) + line + "\n" }
    }
  }
}

/// Breaks text between words.
enum Wrapping {
  static func lines(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in paragraph.split(separator: " ") {
        if !line.isEmpty, line.count + 1 + word.count > width {
          lines.append(line)
          line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
      }
      lines.append(line)
    }
    return lines
  }

  static func wrap(_ text: String, width: Int) -> String { lines(text, width: width).joined(separator: "\n") }
}
