import CLinux
import Glibc

/// A descriptor with one owner, closed when its owner goes.
public struct FileDescriptor: ~Copyable, Sendable {
  /// For calls that borrow it. Valid as long as this value lives; never close it.
  public let raw: Int32

  public init(adopting raw: Int32) {
    precondition(raw >= 0, "not a descriptor")
    self.raw = raw
  }

  deinit { close(raw) }

  /// Gives the number away; the caller owns it now.
  public consuming func release() -> Int32 {
    let raw = raw
    discard self
    return raw
  }

  /// What one non-blocking read or send did.
  public enum Transfer: Hashable, Sendable {
    case bytes(Int)
    /// The peer writes no more.
    case end
    /// Nothing now; epoll will tell.
    case wouldBlock
    /// The connection is gone; the number is errno.
    case failed(Int32)
  }

  public func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    guard let base = buffer.baseAddress else { return .bytes(0) }
    let count = unsafe clinux_read(raw, base, buffer.count)
    if count > 0 { return .bytes(count) }
    if count == 0 { return .end }
    return count == -Int(EAGAIN) ? .wouldBlock : .failed(Int32(-count))
  }

  /// Sends what the socket takes now, without SIGPIPE.
  public func send(_ bytes: borrowing Span<UInt8>) -> Transfer {
    unsafe bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return .bytes(0) }
      let count = unsafe clinux_send(raw, base, buffer.count)
      if count >= 0 { return .bytes(count) }
      return count == -Int(EAGAIN) ? .wouldBlock : .failed(Int32(-count))
    }
  }

  /// Tells the peer that nothing more comes, and goes on reading.
  public func shutdownWriting() { _ = clinux_shutdown_write(raw) }
}
