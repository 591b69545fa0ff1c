import Posix
import Wire

/// The replies of one batch, gathered until the last entry has its own; notifications leave no mark.
@Loop
final class BatchReply {
  private var replies: [[UInt8]?]
  private var missing: Int
  /// The longest line there may be; the array is one.
  let limit: Int
  /// What is refused for the array's sake needs room too.
  private static let refusalBytes = 4096
  /// Calls whose replies stand in this array: what they caused waits until it is written.
  var origins: [UInt64] = []

  init(entries: Int, limit: Int) {
    replies = Array(repeating: nil, count: entries)
    missing = entries
    self.limit = limit
  }

  /// The ids of its requests, in flight until the array is written.
  var ids: [RequestID] = []

  /// Bytes already gathered, which the connection is charged for.
  private(set) var heldBytes = 0

  /// Whether a reply of this size leaves room for the refusals of all that are still missing.
  func fits(_ bytes: Int) -> Bool { heldBytes + bytes + missing * Self.refusalBytes <= limit }

  /// Returns the whole line, or nothing for a batch of notifications, when this was the last entry.
  func fill(_ index: Int, with reply: [UInt8]?) -> Completion {
    replies[index] = reply
    // With its comma, and what an array of its own costs.
    heldBytes += reply.map { $0.count + 33 } ?? 0
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
