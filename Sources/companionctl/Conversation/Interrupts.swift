import Glibc
import Synchronization

/// Ctrl-C as something to wait for beside a connection, instead of the end of the program.
enum Interrupts {
  /// Written by the handler, which may do little more than that.
  private static let writeEnd = Atomic<Int32>(-1)

  /// From here on SIGINT is a byte to read on the descriptor that comes back; nil when the system has no more of them.
  static func descriptor() -> Int32? {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return nil }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    writeEnd.store(ends[1], ordering: .releasing)
    signal(SIGINT) { _ in
      let before = errno
      var byte: UInt8 = 0
      // Full means that it was told already.
      unsafe _ = write(Interrupts.writeEnd.load(ordering: .acquiring), &byte, 1)
      errno = before
    }
    return ends[0]
  }

  /// Takes what there is, so that two quick ones count once.
  static func clear(_ descriptor: Int32) {
    var bytes = [UInt8](repeating: 0, count: 64)
    while unsafe read(descriptor, &bytes, bytes.count) > 0 {}
  }
}
