import Base
import Client
import Wire

extension Commands {
  static let log = CommandSpec(
    name: "log",
    summary: "Show or change how much the daemon logs",
    takes: "[LEVEL]",
    words: 0...1,
    discussion: """
      Levels, from most to least: \(LogLevel.allCases.map(\.rawValue).joined(separator: ", ")). A change lasts until the \
      daemon ends or reads its configuration again. At trace the log may hold the words of conversations.
      """,
    examples: [
      .init("companionctl log", "What is it now?"),
      .init("companionctl log debug", "Say more, for a while."),
    ]
  ) { invocation in
    var level: LogLevel?
    if let word = invocation.words.first {
      guard let known = LogLevel(rawValue: word) else {
        let names = LogLevel.allCases.map(\.rawValue)
        let hint = Suggestion.nearest(to: word, in: names).map { " Did you mean \($0)?" } ?? ""
        throw UsageError(
          "\(word.escaped) is no level; there are \(names.joined(separator: ", ")).\(hint)",
          seeHelpOf: invocation.line.names)
      }
      level = known
    }
    guard let result = try invocation.ask(LogLevelSet.self, LogLevelSet.Params(level: level)) else {
      return .done
    }
    let now = level == nil ? "says" : "says now"
    invocation.out.line("The daemon's log \(now) what is of level \(result.level.rawValue) or above.")
    return .done
  }
}
