import CLinux
import Glibc

/// Signals as events of the loop.
public enum Signals {
  /// Call first in `main`, before any thread exists: from then on the signals come through the loop only. A broken pipe and a
  /// full file are answers of the calls that met them, not reasons to die.
  public static func adopt(_ signals: [Int32]) throws(SystemError) -> FileDescriptor {
    clinux_ignore_signal(SIGPIPE)
    clinux_ignore_signal(SIGXFSZ)
    let numbers = signals
    let raw = unsafe numbers.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe clinux_signalfd($0, Int32(buffer.count)) } ?? -EINVAL
    }
    return FileDescriptor(adopting: try SystemError.check(raw, "signalfd"))
  }

  /// Calls `handler` on the loop for each signal that arrives on the descriptor of `adopt`.
  @Loop public static func watch(_ descriptor: Int32, _ handler: @escaping @Loop (Int32) -> Void) {
    EventLoop.shared.watch(descriptor, for: .read) { _ in
      while case let signal = clinux_signalfd_read(descriptor), signal != 0 { handler(signal) }
    }
  }
}
