/// Cuts bytes that arrive in arbitrary pieces into lines. A line ends at LF, CR or CRLF, be the pair in two pieces, and at nothing
/// else: other separators of Unicode are text. A line cut by a piece's end is gathered, others are not copied.
struct ByteLines {
  /// Bytes of one line without its end.
  let limit: Int
  private var gathered: [UInt8] = []
  private var lastWasReturn = false
  private var isAtStart = true

  init(limit: Int) { self.limit = limit }

  /// Calls `take` with each line that ends in these bytes. Throws, once, when a line exceeds the limit.
  mutating func feed<Failure: Error>(
    _ bytes: borrowing Span<UInt8>, tooLong: Failure,
    _ take: (borrowing Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    var start = 0
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      guard byte == 0x0A || byte == 0x0D else {
        at += 1
        continue
      }
      if byte == 0x0A, lastWasReturn, at == start, gathered.isEmpty {
        // The second half of a pair.
        lastWasReturn = false
      } else {
        guard gathered.count + at - start <= limit else { throw tooLong }
        if gathered.isEmpty {
          let line = bytes.extracting(start..<at)
          try take(line.extracting(mark(line)..<line.count))
        } else {
          gathered.append(bytes, start..<at)
          let line = gathered
          gathered.removeAll(keepingCapacity: true)
          try take(line.span.extracting(mark(line.span)..<line.count))
        }
        isAtStart = false
        lastWasReturn = byte == 0x0D
      }
      at += 1
      start = at
    }
    if start < bytes.count {
      lastWasReturn = false
      guard gathered.count + bytes.count - start <= limit else { throw tooLong }
      gathered.append(bytes, start..<bytes.count)
    }
  }

  /// The last line, if it came without an end.
  mutating func finish<Failure: Error>(
    _ take: (borrowing Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    guard !gathered.isEmpty else { return }
    let line = gathered
    gathered = []
    try take(line.span.extracting(mark(line.span)..<line.count))
  }

  /// How many bytes of a byte-order mark stand before the first line.
  private func mark(_ line: borrowing Span<UInt8>) -> Int {
    isAtStart && line.count >= 3 && line[0] == 0xEF && line[1] == 0xBB && line[2] == 0xBF ? 3 : 0
  }
}

extension [UInt8] {
  mutating func append(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) {
    unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
