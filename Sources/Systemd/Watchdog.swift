internal import CSystemd

/// How often the service manager wants to hear `WATCHDOG=1`, if it does.
///
/// The daemon's loop does the pinging (`Notifier.watchdog`): a thread that only pings would keep a hung daemon
/// alive for ever.
package struct Watchdog: Sendable, Hashable {
  /// After this long without a ping the manager kills the process.
  package let timeout: Duration

  /// Half the time-out, as the manager's documentation advises: one late ping is forgiven.
  package var interval: Duration { timeout / 2 }

  package init(timeout: Duration) { self.timeout = timeout }

  /// What `WatchdogSec=` of the unit asks for, or nil when it asks nothing of this process. Call it once, first
  /// thing in `main`: it removes the variables, so that no child believes it is watched.
  package static func take() throws(SystemdError) -> Watchdog? {
    var microseconds: UInt64 = 0
    let enabled = unsafe sd_watchdog_enabled(1, &microseconds)
    guard enabled >= 0 else { throw SystemdError(call: "sd_watchdog_enabled", code: -enabled) }
    guard enabled > 0 else { return nil }
    return Watchdog(timeout: .microseconds(Int64(clamping: microseconds)))
  }
}
