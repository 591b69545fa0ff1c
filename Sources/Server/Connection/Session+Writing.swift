import Base
import Model
import Posix
import Wire

/// The outbox, and the cursors that fill it while there is room.
extension Session {
  /// Writes at the end of this turn of the loop, once for all that gathers until then.
  func flushSoon() {
    guard !isDirty, isOpen else { return }
    isDirty = true
    server.flushAtEndOfTurn(self)
  }

  func flush() {
    guard isOpen else { return }
    if case .gone = outbox.flush(to: socket) { return close() }
    serveEvents()
    if isOpen, !waiting.isEmpty { startWaiting() }
  }

  /// Moves events from the ring to the peer until it is up to date, has enough unread, or waits for a reply.
  func serveEvents() {
    guard isOpen, !isClosing, !events.isEmpty else { return }
    let window = server.limits.cursorWindowBytes
    while outbox.unread < window {
      let step = events.next(in: ring) { origin in running[origin.number] != nil }
      guard let step else { break }
      let line: [UInt8]
      switch step {
      case .event(let shared): line = shared
      case .lost(let from, let to): line = lostLine(from: from, to: to)
      }
      if case .gone = outbox.sendShared(line, to: socket) { return close() }
    }
    if !outbox.isEmpty, !outbox.isBlocked, case .gone = outbox.flush(to: socket) { close() }
  }

  private func lostLine(from: UInt64, to: UInt64) -> [UInt8] {
    let payload = ServerLost.Payload(from: Int64(from), to: Int64(to))
    return TranslatedEvent(ServerLost.self, payload, about: "").line(seq: to, maxBytes: .max)
  }
}
