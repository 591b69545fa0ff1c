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

  /// What `next` found.
  public enum Piece: Sendable {
    /// A line that lies whole within the bytes.
    case line(Range<Int>)
    /// A line that began in earlier bytes.
    case joined([UInt8])
    /// A line over the limit, told once, as soon as that is known; the rest of it is thrown away up to its LF.
    case tooLong
  }

  /// The next complete line of `bytes`, without its LF or CRLF, and `start` past it; nil when all is taken in. Blank lines are left
  /// out. The splitter may be used, or replaced, between two calls.
  public mutating func next(in bytes: borrowing Span<UInt8>, from start: inout Int) -> Piece? {
    while start < bytes.count {
      guard let end = bytes.firstNewline(from: start) else {
        let fits = keep(bytes.extracting(start..<bytes.count))
        start = bytes.count
        return fits ? nil : .tooLong
      }
      let range = start..<end
      start = end + 1
      if discarding {
        discarding = false
      } else if partial.isEmpty {
        let line = bytes.extracting(range)
        let count = line.countWithoutReturn
        if count > limit { return .tooLong }
        if !line.isBlank(count) { return .line(range.lowerBound..<(range.lowerBound + count)) }
      } else {
        unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe partial.append(contentsOf: $0) }
        var whole = partial
        partial = []
        whole.removeLast(whole.count - whole.span.countWithoutReturn)
        if whole.count > limit { return .tooLong }
        if !whole.span.isBlank(whole.count) { return .joined(whole) }
      }
    }
    return nil
  }

  /// Calls `line` for each complete line and `tooLong` for each over the limit; see `next`.
  public mutating func feed(
    _ bytes: borrowing Span<UInt8>, line: (borrowing Span<UInt8>) -> Void, tooLong: () -> Void
  ) {
    var start = 0
    while let piece = next(in: bytes, from: &start) {
      switch piece {
      case .line(let range): line(bytes.extracting(range))
      case .joined(let whole): line(whole.span)
      case .tooLong: tooLong()
      }
    }
  }

  /// Throws away the unfinished line up to its LF.
  public mutating func discard() {
    partial = []
    discarding = true
  }

  /// The input has ended: what stands there without a newline, which counts as a line.
  public mutating func finish(line: (borrowing Span<UInt8>) -> Void) {
    let last = partial
    partial = []
    let count = last.span.countWithoutReturn
    if !discarding, count <= limit, !last.span.isBlank(count) { line(last.span.extracting(..<count)) }
  }

  /// False when the line is over the limit now.
  private mutating func keep(_ bytes: borrowing Span<UInt8>) -> Bool {
    if discarding { return true }
    // One more than the limit may still turn out to be a carriage return.
    if partial.count + bytes.count > limit + 1 {
      partial = []
      discarding = true
      return false
    }
    unsafe bytes.withUnsafeBufferPointer { unsafe partial.append(contentsOf: $0) }
    return true
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

  fileprivate var countWithoutReturn: Int { count > 0 && self[count - 1] == 0x0D ? count - 1 : count }

  fileprivate func isBlank(_ count: Int) -> Bool {
    var index = 0
    while index < count {
      guard self[index] == 0x20 || self[index] == 0x09 || self[index] == 0x0D else { return false }
      index += 1
    }
    return true
  }
}
