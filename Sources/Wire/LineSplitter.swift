import Glibc

/// Turns bytes as they arrive into lines. Knows newlines and a limit, nothing else.
///
/// A line that lies whole within what was fed is handed out without being copied; only the beginning of an unfinished one is kept,
/// so an idle connection costs nothing here.
public struct LineSplitter: Sendable {
  public let limit: Int
  private var partial: [UInt8] = []
  private var discarding = false

  public init(limit: Int) { self.limit = limit }

  /// Bytes of an unfinished line.
  public var heldBytes: Int { partial.count }

  /// Calls `line` for each complete line, without its LF or CRLF, and `tooLong` once for each line over the limit, as soon as that
  /// is known; the rest of such a line is thrown away up to its LF. Blank lines are left out.
  public mutating func feed(
    _ bytes: borrowing Span<UInt8>, line: (borrowing Span<UInt8>) -> Void, tooLong: () -> Void
  ) {
    var start = 0
    while start < bytes.count {
      guard let end = bytes.firstNewline(from: start) else {
        keep(bytes.extracting(start..<bytes.count), tooLong: tooLong)
        return
      }
      let rest = bytes.extracting(start..<end)
      start = end + 1
      if discarding {
        discarding = false
      } else if partial.isEmpty {
        emit(rest, line: line, tooLong: tooLong)
      } else {
        unsafe rest.withUnsafeBufferPointer { unsafe partial.append(contentsOf: $0) }
        let whole = partial
        partial = []
        emit(whole.span, line: line, tooLong: tooLong)
      }
    }
  }

  /// Throws away the unfinished line up to its LF.
  public mutating func discard() {
    partial = []
    discarding = true
  }

  /// The input has ended: hands out what stands there without a newline.
  public mutating func finish(line: (borrowing Span<UInt8>) -> Void) {
    let last = partial
    partial = []
    if !last.isEmpty, !discarding { emit(last.span, line: line, tooLong: {}) }
  }

  private mutating func keep(_ bytes: borrowing Span<UInt8>, tooLong: () -> Void) {
    if discarding { return }
    // One more than the limit may still turn out to be a carriage return.
    if partial.count + bytes.count > limit + 1 {
      partial = []
      discarding = true
      tooLong()
    } else {
      unsafe bytes.withUnsafeBufferPointer { unsafe partial.append(contentsOf: $0) }
    }
  }

  private func emit(
    _ bytes: borrowing Span<UInt8>, line: (borrowing Span<UInt8>) -> Void, tooLong: () -> Void
  ) {
    var count = bytes.count
    if count > 0, bytes[count - 1] == 0x0D { count -= 1 }
    if count > limit {
      tooLong()
    } else if !bytes.isBlank(count) {
      line(bytes.extracting(0..<count))
    }
  }
}

extension Span<UInt8> {
  fileprivate func firstNewline(from start: Int) -> Int? {
    unsafe withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress, let found = unsafe memchr(base + start, 0x0A, count - start) else {
        return nil
      }
      return unsafe UnsafeRawPointer(found) - base
    }
  }

  fileprivate func isBlank(_ count: Int) -> Bool {
    var index = 0
    while index < count {
      guard self[index] == 0x20 || self[index] == 0x09 || self[index] == 0x0D else { return false }
      index += 1
    }
    return true
  }
}
