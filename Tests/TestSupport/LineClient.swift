import FoundationEssentials
import Glibc
public import Model
import Posix

/// A socket spoken to in raw lines, with a deadline on everything: for tests that send what no proper client would.
///
/// For one thread at a time. Every failure is thrown with what was waited for, so a test never hangs.
public final class LineClient {
  public enum Failure: Error, Equatable, CustomStringConvertible {
    case timedOut(String)
    case ended(String)
    case system(String)
    case unexpected(String)

    public var description: String {
      switch self {
      case .timedOut(let what): "timed out: \(what)"
      case .ended(let what): "the peer closed the connection: \(what)"
      case .system(let what): what
      case .unexpected(let what): "unexpected: \(what)"
      }
    }
  }

  /// A guard against hanging, not a measure: nothing that works waits for it, however busy the machine.
  public static let patience = Duration.seconds(60)

  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var isOpen = true

  public convenience init(path: String) throws {
    self.init(adopting: try UnixSocket.connect(to: path).release())
  }

  /// Takes over a connected socket.
  public init(adopting descriptor: Int32) {
    self.descriptor = descriptor
    // Waiting is poll's part here, so reading and writing must not wait too.
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  deinit { close() }

  public func close() {
    guard isOpen else { return }
    isOpen = false
    _ = Glibc.close(descriptor)
  }

  /// Tells the peer that nothing more comes.
  public func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }

  // MARK: Sending

  /// Sends one line.
  public func send(_ line: String, within patience: Duration = patience) throws {
    try send(bytes: Array((line + "\n").utf8), within: patience)
  }

  public func send(bytes: [UInt8], within patience: Duration = patience) throws {
    let deadline = ContinuousClock.now + patience
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.send(
          descriptor, UnsafeRawBufferPointer(rebasing: buffer[sent...]).baseAddress, bytes.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        sent += count
      } else if errno == EAGAIN {
        guard wait(for: POLLOUT, until: deadline) else {
          throw Failure.timedOut("sending, \(sent) of \(bytes.count) bytes gone")
        }
      } else if errno != EINTR {
        throw Failure.system("send: error \(errno)")
      }
    }
  }

  /// A call with numeric id; `params` is JSON text.
  public func call(_ method: String, _ params: String? = nil, id: Int = 1) throws {
    let rest = params.map { ",\"params\":\($0)" } ?? ""
    try send("{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"\(method)\"\(rest)}")
  }

  // MARK: Receiving

  /// The next line, without its end.
  public func line(within patience: Duration = patience) throws -> String {
    let deadline = ContinuousClock.now + patience
    var searched = 0
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        let line = String(decoding: buffer[..<end], as: UTF8.self)
        buffer.removeFirst(end + 1)
        return line
      }
      searched = buffer.count
      guard try receive(until: deadline) else {
        throw Failure.ended("waiting for a line, \(buffer.count) bytes of one here")
      }
    }
  }

  public func json(within patience: Duration = patience) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(line(within: patience).utf8))
  }

  /// Calls and waits for the reply, which must be the next line.
  public func ask(_ method: String, _ params: String? = nil, id: Int = 1) throws -> JSONValue {
    try call(method, params, id: id)
    return try json()
  }

  /// Returns when the peer closes, throws when it says something instead, or nothing.
  public func waitForEnd(within patience: Duration = patience) throws {
    let deadline = ContinuousClock.now + patience
    while try receive(until: deadline) {
      guard buffer.isEmpty else {
        throw Failure.unexpected(String(decoding: buffer.prefix(200), as: UTF8.self))
      }
    }
  }

  /// What has come without being asked for within this time; for tests that nothing does.
  public func isQuiet(for time: Duration) throws -> Bool {
    guard buffer.isEmpty else { return false }
    return !wait(for: POLLIN, until: ContinuousClock.now + time)
  }

  /// False at the end of file.
  private func receive(until deadline: ContinuousClock.Instant) throws -> Bool {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe recv(descriptor, &piece, piece.count, 0)
      if count > 0 {
        buffer.append(contentsOf: piece[..<count])
        return true
      }
      if count == 0 { return false }
      switch errno {
      case EAGAIN:
        guard wait(for: POLLIN, until: deadline) else { throw Failure.timedOut("reading") }
      case EINTR: break
      case ECONNRESET: return false
      default: throw Failure.system("recv: error \(errno)")
      }
    }
  }

  private func wait(for events: Int32, until deadline: ContinuousClock.Instant) -> Bool {
    while case let rest = deadline - ContinuousClock.now, rest > .zero {
      var poll = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      if unsafe Glibc.poll(&poll, 1, rest.pollMilliseconds) > 0 { return true }
    }
    return false
  }
}

extension Duration {
  /// Rounded up, so that a wait does not end early and spin.
  var pollMilliseconds: Int32 {
    let (seconds, attoseconds) = components
    return Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
