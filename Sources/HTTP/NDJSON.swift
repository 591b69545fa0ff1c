/// One JSON text a line, in arbitrary pieces. Blank lines are nothing; the last line may lack its end.
package struct NDJSON: Sendable {
  package struct TooLarge: Error, Hashable {
    package let limit: Int
    package init(limit: Int) { self.limit = limit }
  }

  private var lines: ByteLines
  private let limit: Int

  /// `limit`: bytes of one line.
  package init(limit: Int = 16 << 20) {
    self.limit = limit
    lines = ByteLines(limit: limit)
  }

  /// Calls `take` with each line that these bytes complete. After a throw nothing more is to be fed.
  package mutating func feed(
    _ bytes: borrowing Span<UInt8>, _ take: (borrowing Span<UInt8>) -> Void
  ) throws(TooLarge) {
    try lines.feed(bytes, tooLong: TooLarge(limit: limit)) { (line) throws(TooLarge) in
      if !line.isBlank { take(line) }
    }
  }

  package mutating func finish(_ take: (borrowing Span<UInt8>) -> Void) {
    lines.finish { (line) throws(Never) in
      if !line.isBlank { take(line) }
    }
  }
}

extension Span<UInt8> {
  fileprivate var isBlank: Bool {
    for index in 0..<count where self[index] != 0x20 && self[index] != 0x09 { return false }
    return true
  }
}
