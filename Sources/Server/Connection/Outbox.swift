import Posix

/// What a connection has not read yet, and the writing of it.
///
/// Replies are put in whole; reading from the peer stops while too many of them are unread. Cursors (events, streams) put in more
/// only while there is room in a small window, so a sleeper's backlog stays in the shared log, not here.
struct Outbox {
  private var bytes: [UInt8] = []
  private var start = 0

  /// The kernel took nothing more; epoll will tell when it does.
  private(set) var isBlocked = false

  var unread: Int { bytes.count - start }
  var isEmpty: Bool { bytes.count == start }

  mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }
  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  /// For encoders that write in place.
  @Loop mutating func write(_ body: @Loop (inout [UInt8]) -> Void) { body(&bytes) }

  enum Flushed { case all, some, gone }

  /// Gives the socket what it takes now.
  @Loop mutating func flush(to socket: PeerSocket) -> Flushed {
    while !isEmpty {
      switch socket.send(bytes.span.extracting(start..<bytes.count)) {
      case .bytes(let count): start += count
      case .wouldBlock:
        isBlocked = true
        compact()
        return .some
      case .end, .failed: return .gone
      }
    }
    isBlocked = false
    start = 0
    // An idle connection keeps no buffer; a busy one keeps a small one.
    if bytes.capacity > 4096 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    return .all
  }

  /// Sends a line that many listeners share without copying it, when nothing is queued before it.
  @Loop mutating func sendShared(_ line: [UInt8], to socket: PeerSocket) -> Flushed {
    guard isEmpty else {
      append(line)
      return .some
    }
    switch socket.send(line.span) {
    case .bytes(let count) where count == line.count: return .all
    case .bytes(let count):
      append(line[count...])
      return flush(to: socket)
    case .wouldBlock:
      append(line)
      isBlocked = true
      return .some
    case .end, .failed: return .gone
    }
  }

  private mutating func compact() {
    guard start > 64 << 10, start * 2 > bytes.count else { return }
    bytes.removeFirst(start)
    start = 0
  }
}
