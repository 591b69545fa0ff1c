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
      A level says that and all that is more important. A change lasts until the daemon ends or reads its configuration \
      again.
      """,
    terms: (
      "Levels",
      LogLevel.allCases.map { ($0.rawValue, $0 == .trace ? "may hold the words of conversations" : "") }
    ),
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
    let now = level == nil ? "" : "now "
    invocation.out.line("The daemon \(now)logs level \(result.level.rawValue) and above.")
    return .done
  }
}
