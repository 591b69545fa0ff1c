import Base
import Glibc
public import Posix

/// Nobody could be reached at a socket: which one, why, and what a person can do about it.
public struct ConnectFailure: Error, Hashable, Sendable {
  public let path: String
  public let errno: Int32

  public init(path: String, errno: Int32) {
    self.path = path
    self.errno = errno
  }

  public init(path: String, _ error: SystemError) { self.init(path: path, errno: error.number) }

  /// Whether the same attempt may succeed in a moment: the daemon is starting, restarting or busy.
  public var isTransient: Bool {
    switch errno {
    case ENOENT, ECONNREFUSED, EAGAIN, EINTR, ECONNRESET, EPIPE, ETIMEDOUT: true
    default: false
    }
  }

  /// Somebody listens there, but its queue of newcomers is full: worth another try even for those who do not wait.
  public var isCrowded: Bool { errno == EAGAIN }

  private var isSystemWide: Bool { path == Places.systemSocket }
}

extension ConnectFailure: CustomStringConvertible {
  public var description: String { "\(reason)\n\(advice)" }

  /// The first line: what happened.
  public var reason: String {
    let path = path.printable(limit: 256)
    return switch errno {
    case ENOENT: "There is no daemon at \(path)."
    case ECONNREFUSED: "Nobody listens at \(path): the daemon that made it is gone."
    case EACCES, EPERM: "The socket \(path) may not be used by this user."
    case EAGAIN: "The daemon at \(path) has more newcomers than it can greet."
    case ENAMETOOLONG: "The path \(path) is too long for a socket."
    case ENOTSOCK, ENOTDIR: "\(path) is no socket."
    default: "The daemon at \(path) cannot be reached: \(SystemWords.text(errno))."
    }
  }

  /// The second line: what to do.
  public var advice: String {
    switch errno {
    case EACCES, EPERM:
      isSystemWide
        ? "It is open to the group companion: sudo usermod -aG companion \"$USER\", then log in again."
        : "It belongs to somebody else. Unset COMPANION_SOCKET, or name your own with --socket."
    case EAGAIN: "Try again in a moment."
    case ENAMETOOLONG: "Choose one of at most 107 bytes."
    case ENOTSOCK, ENOTDIR: "Check COMPANION_SOCKET and --socket."
    default:
      isSystemWide
        ? "Start it with: sudo systemctl start companiond.socket"
        : "Start it with: systemctl --user start companiond.socket (or run companiond); "
          + "another place is named with --socket or COMPANION_SOCKET."
    }
  }
}

/// The system's words for an error number.
enum SystemWords {
  static func text(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }
}
