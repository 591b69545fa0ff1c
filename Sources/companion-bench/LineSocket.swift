import Glibc
import Posix

/// The bare measuring loop, the same for the daemon and for every peer: bytes out, line ends counted on the way in.
final class LineSocket {
  private let socket: FileDescriptor
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)

  /// Takes the descriptor over and waits in the kernel from here on.
  init(adopting socket: consuming FileDescriptor) {
    _ = fcntl(socket.raw, F_SETFL, 0)
    self.socket = socket
    // A subject that answers nothing is a failure of the run, not a reason to wait for ever.
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    unsafe setsockopt(
      self.socket.raw, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  var descriptor: Int32 { socket.raw }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      guard case .bytes(let count) = socket.send(bytes.span.extracting(sent..<bytes.count)) else {
        throw Trouble("The measured program does not take a request.")
      }
      sent += count
    }
  }

  /// Waits until `lines` line ends have come. What is read beyond them does not count.
  func receive(lines: Int) throws {
    var missing = lines
    while missing > 0 {
      let transfer = unsafe buffer.withUnsafeMutableBytes { unsafe socket.read(into: $0) }
      guard case .bytes(let count) = transfer else { throw Trouble("The measured program answers nothing.") }
      missing -= buffer.span.extracting(..<count).newlines
    }
  }

  /// One request and its reply.
  func exchange(_ request: [UInt8], lines: Int = 1) throws {
    try send(request)
    try receive(lines: lines)
  }
}

extension Span<UInt8> {
  /// How many lines end here.
  var newlines: Int {
    var found = 0
    var index = 0
    while index < count {
      if self[index] == 0x0A { found += 1 }
      index += 1
    }
    return found
  }
}
