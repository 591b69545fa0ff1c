import Base
import Config
import Systemd

/// Where the log goes: the journal under systemd, text on a terminal, JSON lines otherwise, unless the configuration says.
func logSink(for format: LogSettings.Format, environment: [String: String]) -> any LogSink {
  switch format {
  case .journal: return JournalSink()
  case .json: return JSONLogSink()
  case .text: return terminalSink(environment)
  case .auto:
    if JournalSink.isUnderJournal { return JournalSink() }
    return isTerminal(2) ? terminalSink(environment) : JSONLogSink()
  }
}

private func terminalSink(_ environment: [String: String]) -> any LogSink {
  TerminalLogSink(style: .detect(noColor: environment["NO_COLOR"], terminal: environment["TERM"]))
}
