import Base
import Posix
import Server
import Systemd

/// One line for `systemctl status`, told when it changes, at most once a second.
@Loop
final class StatusLine {
  private let notifier: Notifier
  private let log: Log
  private var told = ""
  private var isDue = false

  init(_ notifier: Notifier, log: Log) {
    self.notifier = notifier
    self.log = log
  }

  func mayHaveChanged(_ server: Server) {
    guard notifier.isListened, !isDue, text(server) != told else { return }
    isDue = true
    EventLoop.shared.after(.seconds(1)) { [weak self] in
      guard let self else { return }
      isDue = false
      told = text(server)
      report(notifier.status(told))
    }
  }

  func text(_ server: Server) -> String {
    server.connectionCount == 1 ? "1 client" : "\(server.connectionCount) clients"
  }

  /// A manager that cannot be told is worth a line, not a death.
  func report(_ error: SystemdError?) {
    if let error { log.warning("The service manager could not be told.", ["error": error]) }
  }
}
