package import Base
package import Engine
import Model
package import Posix
package import Wire

/// What the daemon's handlers reach beside their connection.
@Loop
package struct Services {
  package let engine: Engine
  package let control: any DaemonControl
  package let logs: LogCentre
  /// Another one at each start.
  package let boot: String
  package let version: String

  package init(
    engine: Engine, control: any DaemonControl, logs: LogCentre, boot: String, version: String
  ) {
    self.engine = engine
    self.control = control
    self.logs = logs
    self.boot = boot
    self.version = version
  }
}

/// The process's own affairs, which belong to the composition root.
@Loop
package protocol DaemonControl: AnyObject {
  /// The configuration in force, secrets left out, and where it came from.
  var configuration: ConfigShow.Result { get }
  /// Reads the configuration again and applies it, or says why not and changes nothing.
  func reload() async -> ConfigReload.Result
  /// Begins the orderly end; returns at once.
  func stop(grace: Duration?)
  /// What only the process knows about itself.
  var process: ProcessFacts { get }
}

package struct ProcessFacts: Sendable {
  package var startedAt: Timestamp
  package var uptime: Duration
  package var mode: Status.Mode
  package var activated: Bool
  package var socket: String
  package var data: String
  package var idleExit: Duration?
  package var sandbox: Status.Sandbox?
  package var memoryBytes: Int64

  package init(
    startedAt: Timestamp, uptime: Duration, mode: Status.Mode, activated: Bool, socket: String, data: String,
    idleExit: Duration?, sandbox: Status.Sandbox?, memoryBytes: Int64
  ) {
    self.startedAt = startedAt
    self.uptime = uptime
    self.mode = mode
    self.activated = activated
    self.socket = socket
    self.data = data
    self.idleExit = idleExit
    self.sandbox = sandbox
    self.memoryBytes = memoryBytes
  }
}
