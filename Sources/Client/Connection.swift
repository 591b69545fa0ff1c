import FoundationEssentials
import Glibc
import Posix

/// A socket with what it has not taken yet. Both drivers move bytes with it; neither blocks in it.
struct Connection: ~Copyable {
  enum Reading: Hashable {
    case nothing
    case ended(errno: Int32?)
  }

  private let socket: FileDescriptor
  private var unsent = Data()
  private var sentBytes = 0
  /// The peer takes no more. What it said before is still to be read, so this alone is not the end.
  private var isDeaf = false

  init(to path: String) throws(ConnectFailure) {
    do {
      socket = try UnixSocket.connect(to: path)
    } catch {
      throw ConnectFailure(path: path, error)
    }
  }

  var descriptor: Int32 { socket.raw }
  var hasUnsent: Bool { sentBytes < unsent.count }

  mutating func enqueue(_ bytes: Data) {
    if !hasUnsent {
      unsent = bytes
      sentBytes = 0
    } else {
      unsent.append(bytes)
    }
  }

  /// Sends what the socket takes now.
  mutating func flush() {
    while hasUnsent, !isDeaf {
      let bytes = unsent.span
      switch socket.send(bytes.extracting(sentBytes..<bytes.count)) {
      case .bytes(let count): sentBytes += count
      case .wouldBlock: return
      case .end, .failed: isDeaf = true
      }
    }
    unsent = Data()
    sentBytes = 0
  }

  /// Hands over what has arrived, at most `rounds` buffers, so that one busy peer does not starve others.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, rounds: Int, _ take: (borrowing Span<UInt8>) -> Bool
  ) -> Reading {
    for _ in 0..<rounds {
      switch unsafe socket.read(into: buffer) {
      case .bytes(let count):
        let bytes = unsafe Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        guard take(bytes), count == buffer.count else { return .nothing }
      case .wouldBlock: return .nothing
      case .end: return .ended(errno: nil)
      case .failed(let errno): return .ended(errno: errno)
      }
    }
    return .nothing
  }

  /// What to wait for.
  var events: Int16 { Int16(POLLIN | (hasUnsent && !isDeaf ? POLLOUT : 0)) }

  /// Waits until there is something to read, or room for what is unsent. False when the time passed first; nil waits for ever.
  func wait(milliseconds: Int32?) -> Bool {
    var poll = pollfd(fd: socket.raw, events: events, revents: 0)
    // A signal ends the wait early; the caller looks at the clock and comes back.
    return unsafe Glibc.poll(&poll, 1, milliseconds ?? -1) > 0
  }
}
