import Base
import Glibc
package import Posix

/// Accepts connections on a listening socket and hands them to the server.
@Loop
package final class Acceptor {
  private let listening: Listening
  private let server: Server
  private var isWatching = false
  private var isStopped = false

  package init(_ listening: Listening, server: Server) {
    self.listening = listening
    self.server = server
    UnixSocket.makeNonblocking(listening.descriptor)
    resume()
  }

  private func resume() {
    guard !isWatching, !isStopped else { return }
    isWatching = true
    EventLoop.shared.watch(listening.descriptor, for: .read) { [weak self] _ in self?.accept() }
  }

  /// Those that wait in the backlog stay there: for the next daemon under socket activation.
  package func stop() {
    isStopped = true
    pause()
  }

  private func pause() {
    guard isWatching else { return }
    isWatching = false
    EventLoop.shared.unwatch(listening.descriptor)
  }

  private func accept() {
    // A batch a turn, so that a storm of connections leaves the others their share.
    for _ in 0..<64 {
      switch UnixSocket.accept(on: listening.descriptor) {
      case .connection(let raw): server.admit(FileDescriptor(adopting: raw))
      case .none: return
      case .failed(let number)
      where number == EMFILE || number == ENFILE || number == ENOMEM || number == ENOBUFS:
        // Accepting again at once would spin: the connection stays in the backlog until something is free.
        server.log.error("No connection can be accepted now.", ["error": SystemError("accept", number)])
        pause()
        EventLoop.shared.after(.milliseconds(250)) { [weak self] in self?.resume() }
        return
      case .failed(let number):
        // The peer gave up while it waited; the next one is another.
        server.log.debug(
          "A connection was lost before it was accepted.", ["error": SystemError("accept", number)])
      }
    }
  }
}
