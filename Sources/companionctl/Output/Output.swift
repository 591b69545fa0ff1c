import Base
import Glibc

/// One of the two streams that a person or a program reads. Writes at once and whole: what has been printed has left.
struct Output: Sendable {
  private let descriptor: Int32
  let isTerminal: Bool
  /// A terminal on which what stands there can be taken away again.
  let canErase: Bool
  private let hasColours: Bool

  enum Style: String {
    case bold = "1", dim = "2", red = "31", green = "32", yellow = "33", cyan = "36", found = "1;33"
  }

  /// Colours only where somebody sees them and has not said `NO_COLOR`.
  init(descriptor: Int32, environment: [String: String]) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
    let refused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    canErase = isTerminal && !["dumb", "", nil].contains(environment["TERM"])
    hasColours = canErase && !refused
  }

  func styled(_ text: String, _ style: Style) -> String {
    hasColours ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// How wide the terminal is now; nil where there is none, and nothing needs to be cut.
  var columns: Int? {
    guard isTerminal else { return nil }
    guard let window, window.ws_col > 0 else { return 80 }
    return Int(window.ws_col)
  }

  /// What the kernel knows of the terminal's window; nil where there is none.
  var window: winsize? {
    guard isTerminal else { return nil }
    var size = winsize()
    return unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
  }

  func table(_ table: Table) { line(table.text(within: columns)) }

  /// A line of ours. Whatever of it came from elsewhere went through `printable` before.
  func line(_ text: String) { write(Array((text + "\n").utf8)) }

  /// Text of several lines that came from elsewhere: the breaks stay, all else that could drive a terminal does not.
  func foreign(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.escaped }
    let whole = lines.joined(separator: "\n")
    write(Array((whole.hasSuffix("\n") ? whole : whole + "\n").utf8))
  }

  func write(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: buffer[sent...]).baseAddress, buffer.count - sent)
      }
      if count >= 0 {
        sent += count
      } else if errno == EAGAIN {
        // Somebody made the terminal or pipe non-blocking for us.
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        unsafe _ = Glibc.poll(&poll, 1, -1)
      } else if errno == EPIPE {
        // Whoever reads has seen enough (`| head`): that is no failure, and nobody is left to tell.
        exit(ExitCode.done.rawValue)
      } else if errno != EINTR {
        exit(ExitCode.refused.rawValue)
      }
    }
  }
}

extension StringProtocol {
  /// Safe to show: control characters and marks that turn the writing direction are spelt out.
  var escaped: String { String(self).printable() }
}
