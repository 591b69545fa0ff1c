internal import Base
internal import CSystemd
internal import Glibc

/// Tells the service manager how the daemon is doing; does nothing when nobody listens.
///
/// Each call sends one datagram and returns what went wrong, if anything, so that the caller can log it once:
/// a manager that went away must neither stop the daemon nor be silently forgotten. May be called on any
/// thread; a send can wait while the manager's queue is full, so keep it off paths that clients wait for.
package struct Notifier: Sendable {
  /// Whether `NOTIFY_SOCKET` names a listener. Read once: without one, callers can skip building a status.
  package let isListened: Bool

  /// Leaves `NOTIFY_SOCKET` in place, since each call reads it. A child process that should not speak for the
  /// daemon needs an environment of its own; with `NotifyAccess=main` the manager ignores it anyway.
  package init() {
    isListened = unsafe getenv("NOTIFY_SOCKET") != nil
  }

  /// Start-up or a reload is complete. Clients of the socket unit were queued until now.
  @discardableResult
  package func ready(status: String) -> SystemdError? { send(["READY=1", "STATUS=\(line(status))"]) }

  /// What `systemctl status` shows: a few words, no chat text.
  @discardableResult
  package func status(_ text: String) -> SystemdError? { send(["STATUS=\(line(text))"]) }

  /// A reload begins; `ready` ends it. The manager (from version 253 on) pairs the two by this time stamp.
  @discardableResult
  package func reloading() -> SystemdError? {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    return send(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"])
  }

  /// The orderly end begins.
  @discardableResult
  package func stopping(status: String) -> SystemdError? { send(["STOPPING=1", "STATUS=\(line(status))"]) }

  /// Proof of life. Send it from the executor that serves clients, or it proves nothing.
  @discardableResult
  package func watchdog() -> SystemdError? { send(["WATCHDOG=1"]) }

  /// Start-up, reload or stop needs this much longer from now: a migration of a big vault, a long drain.
  @discardableResult
  package func extendTimeout(by duration: Duration) -> SystemdError? {
    let (seconds, attoseconds) = duration.components
    return send(["EXTEND_TIMEOUT_USEC=\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)"])
  }

  /// Why the daemon gives up; the exit status says the rest. `errno` 0 when no system call is to blame.
  @discardableResult
  package func failing(errno code: Int32, status: String) -> SystemdError? {
    send((code == 0 ? [] : ["ERRNO=\(code)"]) + ["STATUS=\(line(status))"])
  }

  private func send(_ assignments: [String]) -> SystemdError? {
    guard isListened else { return nil }
    let result = unsafe sd_notify(0, assignments.joined(separator: "\n"))
    return result < 0 ? SystemdError(call: "sd_notify", code: -result) : nil
  }

  /// One assignment a line is the datagram's whole grammar: a status with a newline could claim READY=1.
  private func line(_ text: String) -> String { text.printable(limit: 1024) }
}
