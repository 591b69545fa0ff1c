/// The event stream of the HTML standard, read as it is found in the wild: pieces may end anywhere, the space after a colon may
/// be missing, the last event may lack its blank line. Bytes stay bytes; what they mean is the reader's affair.
package struct ServerSentEvents: Sendable {
  package struct Event: Sendable, Hashable {
    /// Of the `event:` field; empty when there was none.
    package var name: String
    /// The `data:` lines joined by LF; never empty.
    package var data: [UInt8]

    package init(name: String, data: [UInt8]) {
      self.name = name
      self.data = data
    }
  }

  /// An event, or a line of it, is larger than what one event may make us hold.
  package struct TooLarge: Error, Hashable {
    package let limit: Int
    package init(limit: Int) { self.limit = limit }
  }

  private var lines: ByteLines
  private let limit: Int
  private var name = ""
  private var data: [UInt8] = []
  private var hasData = false

  /// `limit`: bytes of an event's data. A whole reply or a picture may come as one.
  package init(limit: Int = 16 << 20) {
    self.limit = limit
    lines = ByteLines(limit: limit + 64)
  }

  /// Calls `take` for each event that these bytes complete. After a throw nothing more is to be fed.
  package mutating func feed(
    _ bytes: borrowing Span<UInt8>, _ take: (Event) -> Void
  ) throws(TooLarge) {
    var lines = lines
    self.lines = ByteLines(limit: 0)
    defer { self.lines = lines }
    try lines.feed(bytes, tooLong: TooLarge(limit: limit)) { (line) throws(TooLarge) in
      try self.take(line: line, take)
    }
  }

  /// The stream is over; an event that only lacks its blank line counts.
  package mutating func finish(_ take: (Event) -> Void) throws(TooLarge) {
    var lines = lines
    try lines.finish { (line) throws(TooLarge) in try self.take(line: line, take) }
    self.lines = lines
    dispatch(take)
  }

  private mutating func take(line: borrowing Span<UInt8>, _ take: (Event) -> Void) throws(TooLarge) {
    guard line.count > 0 else { return dispatch(take) }
    var colon = 0
    while colon < line.count, line[colon] != UInt8(ascii: ":") { colon += 1 }
    var value = colon + 1
    if value < line.count, line[value] == UInt8(ascii: " ") { value += 1 }
    value = min(value, line.count)
    if line.begins(with: "data", upTo: colon) {
      guard data.count + (hasData ? 1 : 0) + line.count - value <= limit else { throw TooLarge(limit: limit) }
      if hasData { data.append(0x0A) }
      hasData = true
      data.append(line, value..<line.count)
    } else if line.begins(with: "event", upTo: colon) {
      name = unsafe line.extracting(value..<line.count).withUnsafeBufferPointer {
        unsafe String(decoding: $0.prefix(128), as: UTF8.self)
      }
    }
    // Comments begin with the colon; `id` and `retry` are for clients that reconnect, and others are unknown.
  }

  private mutating func dispatch(_ take: (Event) -> Void) {
    let event = Event(name: name, data: data)
    name = ""
    data = []
    hasData = false
    if !event.data.isEmpty { take(event) }
  }
}

extension Span<UInt8> {
  fileprivate func begins(with word: StaticString, upTo end: Int) -> Bool {
    guard end == word.utf8CodeUnitCount else { return false }
    for index in 0..<end where unsafe self[index] != word.utf8Start[index] { return false }
    return true
  }
}
