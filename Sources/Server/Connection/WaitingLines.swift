import Posix
import Wire

/// Requests that have arrived and wait for a place to run, in order. All of it takes the same time however many wait.
@Loop
struct WaitingLines {
  struct Line {
    let bytes: [UInt8]
    let id: RequestID?
    let batch: (BatchReply, Int)?
  }

  /// In order, with holes where one was taken out; the first is never a hole.
  private var lines: [Line?] = []
  private var head = 0
  /// How many have left the array at its front since it was made: a line's number less this is its index.
  private var gone = 0
  /// Requests by their ids, of which no two that wait are equal.
  private var numbers: [RequestID: Int] = [:]
  /// Their bytes, with what the keeping of a short line costs besides.
  private(set) var bytes = 0
  private static let overhead = 96

  var isEmpty: Bool { head == lines.count }
  /// What `popFirst` would give.
  var first: Line? { isEmpty ? nil : lines[head] }

  mutating func append(_ line: Line) {
    bytes += line.bytes.count + Self.overhead
    if let id = line.id { numbers[id] = gone + lines.count }
    lines.append(line)
  }

  mutating func popFirst() -> Line? { isEmpty ? nil : take(at: head) }

  /// Takes out a line by its id: a call that is cancelled before it began.
  mutating func remove(_ id: RequestID) -> Line? { numbers[id].flatMap { take(at: $0 - gone) } }

  private mutating func take(at index: Int) -> Line? {
    guard let line = lines[index] else { return nil }
    lines[index] = nil
    if let id = line.id { numbers[id] = nil }
    bytes -= line.bytes.count + Self.overhead
    while head < lines.count, lines[head] == nil { head += 1 }
    // Amortised: what is moved is at most as much as has gone since.
    if head == lines.count || head > 64 && head * 2 > lines.count {
      lines.removeFirst(head)
      gone += head
      head = 0
    }
    return line
  }
}
