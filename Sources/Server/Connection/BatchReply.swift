import Posix
import Wire

/// The replies of one batch, gathered until the last entry has its own; notifications leave no mark.
@Loop
final class BatchReply {
  private var replies: [[UInt8]?]
  private var missing: Int
  /// Calls whose replies stand in this array: what they caused waits until it is written.
  var origins: [UInt64] = []

  init(entries: Int) {
    replies = Array(repeating: nil, count: entries)
    missing = entries
  }

  /// Bytes already gathered, which the connection is charged for.
  private(set) var heldBytes = 0

  /// Returns the whole line, or nothing for a batch of notifications, when this was the last entry.
  func fill(_ index: Int, with reply: [UInt8]?) -> Completion {
    replies[index] = reply
    heldBytes += reply?.count ?? 0
    missing -= 1
    guard missing == 0 else { return .waiting }
    let written = replies.compactMap { $0 }
    if written.isEmpty { return .silent }
    var line: [UInt8] = [UInt8(ascii: "[")]
    for (position, reply) in written.enumerated() {
      if position > 0 { line.append(UInt8(ascii: ",")) }
      line.append(contentsOf: reply)
    }
    line.append(UInt8(ascii: "]"))
    return .line(line)
  }

  enum Completion {
    case waiting
    case silent
    case line([UInt8])
  }
}
