import Base

extension Options {
  /// Takes `--name VALUE` and `--name=VALUE`; anything else is a problem in one sentence.
  init(_ arguments: [String]) throws(Problem) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      var inline = parts.count == 2 ? String(parts[1]) : nil
      func value() throws(Problem) -> String {
        if let given = inline {
          inline = nil
          return given
        }
        guard let next = rest.popFirst() else { throw Problem(sentence: "\(name) needs a value.") }
        return next
      }
      switch name {
      case "--config": config = try value()
      case "--socket": socket = try value()
      case "--data": data = try value()
      case "--log-level":
        let level = try value()
        guard LogLevel(rawValue: level) != nil else {
          let known = LogLevel.allCases.map(\.rawValue)
          let hint = Suggestion.nearest(to: level, in: known).map { " Did you mean \($0)?" } ?? ""
          throw Problem(
            sentence: "\(level) is no log level; there are \(known.joined(separator: ", ")).\(hint)")
        }
        logLevel = level
      case "--idle-exit":
        guard let seconds = Int(try value()), (1...31_536_000).contains(seconds) else {
          throw Problem(sentence: "--idle-exit takes a number of seconds, at least 1.")
        }
        idleExit = seconds
      case "--system": system = true
      case "--check-config": checkConfig = true
      case "--check-backup": checkBackup = try value()
      case "--version": version = true
      case "--help", "-h": help = true
      default:
        let hint = Suggestion.nearest(to: name, in: Options.names).map { " Did you mean \($0)?" } ?? ""
        throw Problem(sentence: "There is no option \(argument).\(hint)")
      }
      if inline != nil { throw Problem(sentence: "\(name) takes no value.") }
    }
  }
}
