import Posix
import Wire

/// Requests that have arrived and wait for a place to run, in order.
@Loop
struct WaitingLines {
  struct Line {
    let bytes: [UInt8]
    let id: RequestID?
    let batch: (BatchReply, Int)?
  }

  private var lines: [Line?] = []
  private var head = 0
  /// Their bytes, with what the keeping of a short line costs besides.
  private(set) var bytes = 0
  private static let overhead = 96

  var isEmpty: Bool { head == lines.count }
  /// What `popFirst` would give.
  var first: Line? { lines[head...].lazy.compactMap(\.self).first }

  mutating func append(_ line: Line) {
    bytes += line.bytes.count + Self.overhead
    lines.append(line)
  }

  mutating func popFirst() -> Line? {
    while head < lines.count {
      let line = lines[head]
      lines[head] = nil
      head += 1
      if head == lines.count { (lines, head) = ([], 0) }
      if let line {
        bytes -= line.bytes.count + Self.overhead
        return line
      }
    }
    return nil
  }

  /// Takes out a line by its id: a call that is cancelled before it began.
  mutating func remove(_ id: RequestID) -> Line? {
    guard let index = lines.indices.first(where: { $0 >= head && lines[$0]?.id == id }),
      let line = lines[index]
    else { return nil }
    lines[index] = nil
    bytes -= line.bytes.count + Self.overhead
    if lines[head...].allSatisfy({ $0 == nil }) { (lines, head) = ([], 0) }
    return line
  }
}
