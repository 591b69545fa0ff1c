import Posix

/// The one buffer all connections are read into: bytes are looked at in place, so an idle connection has none of its own.
@Loop
@safe final class ScratchBuffer {
  let size = 64 << 10
  private let memory: UnsafeMutableRawBufferPointer

  init() { unsafe memory = .allocate(byteCount: size, alignment: 16) }

  isolated deinit { unsafe memory.deallocate() }

  /// `body` sees the bytes only while it runs.
  func read(
    from socket: PeerSocket, atMost limit: Int, _ body: @Loop (borrowing Span<UInt8>) -> Void
  ) -> FileDescriptor.Transfer {
    let window = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<min(size, limit)])
    let transfer = unsafe socket.read(into: window)
    if case .bytes(let count) = transfer {
      let filled = unsafe UnsafeRawBufferPointer(rebasing: window[..<count])
      unsafe filled.withMemoryRebound(to: UInt8.self) { unsafe body($0.span) }
    }
    return transfer
  }
}
