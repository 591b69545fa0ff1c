import CLinux
import Glibc

/// Who is at the other end of a socket, as the kernel tells it.
public struct PeerCredentials: Hashable, Sendable {
  public let uid: UInt32
  public let gid: UInt32
  public let pid: Int32

  public init(uid: UInt32, gid: UInt32, pid: Int32) {
    self.uid = uid
    self.gid = gid
    self.pid = pid
  }
}

/// Unix stream sockets: connecting, listening, taking over what a dead daemon left.
public enum UnixSocket {
  public static func connect(to path: String) throws(SystemError) -> FileDescriptor {
    let raw = try SystemError.check(clinux_socket_stream(), "socket")
    let socket = FileDescriptor(adopting: raw)
    let result = unsafe path.withCString { unsafe clinux_connect_unix(raw, $0) }
    // A non-blocking connect to a full backlog says EAGAIN: the daemon is there but busy accepting.
    _ = try SystemError.check(result, "connect to", subject: path)
    return socket
  }

  /// Two connected ends, for tests and benchmarks.
  public static func pair() throws(SystemError) -> (Int32, Int32) {
    var two: [Int32] = [0, 0]
    let result = unsafe two.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe clinux_socketpair($0) } ?? -EINVAL
    }
    _ = try SystemError.check(result, "socketpair")
    return (two[0], two[1])
  }

  public static func peer(of descriptor: Int32) throws(SystemError) -> PeerCredentials {
    var peer = clinux_peer()
    let result = unsafe clinux_peer(descriptor, &peer)
    _ = try SystemError.check(result, "SO_PEERCRED")
    return PeerCredentials(uid: peer.uid, gid: peer.gid, pid: peer.pid)
  }

  /// Whether an inherited descriptor is what a socket unit hands over.
  public static func isListening(_ descriptor: Int32) -> Bool { clinux_is_listening(descriptor) == 1 }

  /// Where a socket is bound; nil for one without a path.
  public static func path(of descriptor: Int32) -> String? {
    var bytes = [CChar](repeating: 0, count: 128)
    let count = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe clinux_socket_path(descriptor, $0, Int32(buffer.count)) }
        ?? -EINVAL
    }
    guard count > 0 else { return nil }
    return String(decoding: bytes.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// What one accept did.
  public enum Accepted: Hashable, Sendable {
    /// A descriptor that is the caller's now.
    case connection(Int32)
    case none
    case failed(Int32)
  }

  public static func accept(on descriptor: Int32) -> Accepted {
    let raw = clinux_accept(descriptor)
    if raw >= 0 { return .connection(raw) }
    return raw == -EAGAIN ? .none : .failed(-raw)
  }

  public static func makeNonblocking(_ descriptor: Int32) { _ = clinux_set_nonblocking(descriptor) }

  public enum ListenError: Error, Hashable, Sendable {
    /// Somebody serves there already.
    case taken(path: String, pid: Int32)
    /// The path is something that is not ours to replace.
    case notASocket(path: String)
    case system(SystemError)
  }

  /// Listens at `path`, replacing the socket of a daemon that died, never that of a living one.
  ///
  /// Two starters are kept apart by a lock on `path.lock`, which is held as long as the listener lives; the lock file stays, because
  /// removing it would let a third starter lock another file of that name. The socket appears with its final mode.
  public static func listen(
    at path: String, mode: UInt32, backlog: Int32 = 4096
  ) throws(ListenError) -> Listening {
    let lock: FileDescriptor
    do { lock = try Files.openLockFile(path + ".lock") } catch { throw .system(error) }
    let locked = clinux_try_lock(lock.raw)
    var status = stat()
    let exists = unsafe lstat(path, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFSOCK { throw .notASocket(path: path) }
    if exists, let pid = livingListener(at: path) {
      // Too busy to be asked: its lock file names it.
      throw .taken(path: path, pid: pid == 0 ? Files.pid(in: lock.raw) ?? 0 : pid)
    }
    if locked < 0 { throw .taken(path: path, pid: Files.pid(in: lock.raw) ?? 0) }
    Files.writePid(to: lock.raw)
    if exists { unsafe unlink(path) }
    do {
      let socket = FileDescriptor(adopting: try SystemError.check(clinux_socket_stream(), "socket"))
      // The mask decides the mode at the moment of binding; a chmod afterwards would leave a gap.
      let before = umask(~mode & 0o777)
      let bound = unsafe path.withCString { unsafe clinux_bind_unix(socket.raw, $0) }
      umask(before)
      _ = try SystemError.check(bound, "bind", subject: path)
      _ = try SystemError.check(clinux_listen(socket.raw, backlog), "listen", subject: path)
      return Listening(socket: socket.release(), lock: lock.release(), path: path)
    } catch {
      throw .system(error)
    }
  }

  /// The pid that listens at `path`, 0 when its backlog is full, nil when nobody does.
  public static func livingListener(at path: String) -> Int32? {
    do {
      let probe = try connect(to: path)
      return try peer(of: probe.raw).pid
    } catch {
      return error.number == EAGAIN ? 0 : nil
    }
  }
}

/// A socket that listens, with what must be kept or removed beside it.
public final class Listening: Sendable {
  public let descriptor: Int32
  private let lock: Int32?
  private let path: String?

  init(socket: Int32, lock: Int32, path: String) {
    self.descriptor = socket
    self.lock = lock
    self.path = path
  }

  /// A socket that systemd made and will keep: neither its path nor a lock is ours.
  public init(inherited descriptor: Int32) {
    self.descriptor = descriptor
    lock = nil
    path = nil
    _ = clinux_set_cloexec(descriptor)
    _ = clinux_set_nonblocking(descriptor)
  }

  public var isInherited: Bool { path == nil }

  /// Removes the path first, so that a client never connects to a backlog that nobody will accept.
  public func removePath() { if let path { unsafe unlink(path) } }

  deinit {
    close(descriptor)
    if let lock { close(lock) }
  }
}
