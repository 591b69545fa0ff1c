import Base
import Glibc
import Posix
import Systemd

/// Where the daemon listens: on what systemd hands over, else on a socket of its own.
enum ListeningSocket {
  static func open(_ options: Options, places: Places, system: Bool) throws(Refusal) -> (
    Listening, path: String
  ) {
    let path = options.socket ?? (system ? Places.systemSocket : places.socket)
    if let inherited = try inherited() {
      return (Listening(inherited: inherited), UnixSocket.path(of: inherited) ?? path)
    }
    if options.idleExit != nil {
      throw Refusal(
        .usage,
        "--idle-exit needs a listening socket from systemd, which starts the daemon again at the next connection; without one nobody would."
      )
    }
    // Only the default folder is ours to make and to judge; elsewhere the person decides.
    if options.socket == nil, !system, path == places.runtimeFolder + "/companiond.sock" {
      do throws(Files.FolderProblem) {
        try Files.makePrivateFolder(places.runtimeFolder)
      } catch {
        throw Refusal(.configuration, "The socket's folder cannot be used: \(error).")
      }
    }
    do throws(UnixSocket.ListenError) {
      let listening = try UnixSocket.listen(at: path, mode: system ? 0o660 : 0o600)
      if system { shareWithGroup(path) }
      return (listening, path)
    } catch {
      switch error {
      case .taken(let path, let pid):
        throw Refusal(.taken, "Another companiond serves \(path)\(pid > 0 ? " (pid \(pid))" : "").")
      case .notASocket(let path):
        throw Refusal(
          .configuration, "\(path) is there and is not a socket; move it away or choose another --socket.")
      case .system(let error): throw Refusal(.configuration, "The socket cannot be opened: \(error).")
      }
    }
  }

  private static func inherited() throws(Refusal) -> Int32? {
    let handed: [InheritedDescriptor]
    do throws(SystemdError) {
      handed = try Activation.take()
    } catch {
      throw Refusal(.configuration, "What systemd handed over cannot be read: \(error).")
    }
    guard let first = handed.first else { return nil }
    guard handed.count == 1, UnixSocket.isListening(first.number) else {
      throw Refusal(
        .configuration,
        "systemd must hand over exactly one listening Unix stream socket, not \(handed.count) descriptors.")
    }
    return first.number
  }

  /// The machine's daemon is for the members of one group; without that group only root and the daemon's user reach it.
  private static func shareWithGroup(_ path: String) {
    guard let group = unsafe getgrnam("companion") else { return }
    _ = unsafe chown(path, uid_t.max, group.pointee.gr_gid)
  }
}
