import Base
import Config
import FoundationEssentials
import Model
import Posix
import Server
import Wire

/// What handlers may ask of the process itself.
@Loop
final class Control: DaemonControl {
  /// Set once, when the daemon that owns this is made.
  weak var daemon: Daemon?

  private var present: Daemon {
    guard let daemon else { preconditionFailure("a handler runs in a daemon that is gone") }
    return daemon
  }

  var configuration: ConfigShow.Result {
    let shown = present.loaded.shown
    let tree = (try? JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(shown.config))) ?? .null
    let sources = shown.files.map { ConfigSource(kind: .file, name: $0, found: true) }
    // Which variables there could be is the manual's; which there are is the answer.
    let variables = Set(present.loaded.variables).filter { present.loader.environment[$0] != nil }.sorted()
    return .init(
      config: tree, sources: sources + variables.map { .init(kind: .environment, name: $0, found: true) })
  }

  func reload() async -> ConfigReload.Result { await present.reload() }

  func stop(grace: Duration?) { present.stop(grace: grace) }

  var process: ProcessFacts {
    let daemon = present
    return ProcessFacts(
      startedAt: daemon.startedAt, uptime: daemon.started.duration(to: daemon.clock.now),
      mode: daemon.options.system ? .system : .user, activated: daemon.listening.isInherited,
      socket: daemon.socketPath, data: daemon.dataFolder,
      idleExit: daemon.options.idleExit.map { .seconds($0) }, sandbox: ProcessFactsReader.sandbox(),
      memoryBytes: ProcessFactsReader.residentBytes())
  }
}
