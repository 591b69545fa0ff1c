import Glibc
import Posix

/// A connection's descriptor. It is closed when the connection ends, not when the last who knows of the connection goes: a handler
/// that waits for long would keep it open, and the peer would not hear that it is over.
@Loop
final class PeerSocket {
  /// For the event loop; means nothing any more once it is closed.
  let raw: Int32
  private var descriptor: FileDescriptor?

  init(_ descriptor: consuming FileDescriptor) {
    raw = descriptor.raw
    self.descriptor = consume descriptor
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> FileDescriptor.Transfer {
    unsafe descriptor?.read(into: buffer) ?? .end
  }

  func send(_ bytes: borrowing Span<UInt8>) -> FileDescriptor.Transfer {
    descriptor?.send(bytes) ?? .failed(EBADF)
  }

  func close() { descriptor = nil }
}
