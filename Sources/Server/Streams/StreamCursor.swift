import Base
import Engine
import Model
import Posix

/// A connection's place in one turn's stream: two offsets, and how far its `stream.` lines have got.
@Loop
final class StreamCursor {
  let stream: LiveStream
  /// The follow that opened it, by chat; nil for those a call asked for.
  let follow: ULID?
  /// The next byte of text to send.
  private(set) var offset: Int
  /// The next byte of reasoning to send; nil for those who do not want it.
  private var reasoning: Int?
  /// The first of the owner's events this cursor has not considered.
  var next: UInt64
  /// False until the reply of the call that asked for it stands in the outbox.
  var isActive: Bool
  private var hasBegun = false
  private var hasEnded = false
  /// The stream's end was told; only the turn's is still to come.
  var isAtTail: Bool { hasEnded }
  /// The place in the ring has been reached where the stream ends, and where the turn does.
  private var endIsDue: Bool
  private var overIsDue: Bool
  /// What the turn produced could not be had: its events pass without it.
  private(set) var isAbandoned = false

  init(
    _ stream: LiveStream, from offset: Int, reasoning: Bool, next: UInt64, follow: ULID? = nil,
    isActive: Bool
  ) {
    self.stream = stream
    self.offset = offset
    self.reasoning = reasoning ? 0 : nil
    self.next = next
    self.follow = follow
    self.isActive = isActive
    endIsDue = stream.endedAt.map { $0 < next } ?? false
    overIsDue = stream.overAt.map { $0 < next } ?? false
  }

  /// Whether there is text or a beginning to send before anything that comes after the text.
  var hasMore: Bool {
    if isAbandoned { return false }
    guard let log = stream.log, hasBegun else { return true }
    return offset < log.next(of: .text) || (reasoning.map { $0 < log.next(of: .reasoning) } ?? false)
  }

  /// Nothing more will come of it.
  var isFinished: Bool { (hasEnded || isAbandoned) && overIsDue }

  /// The stream is over, but not yet for this listener.
  var isEnding: Bool { endIsDue && !hasEnded && !isAbandoned }

  /// A turn of the past is being fetched from the store.
  var isOpening: Bool { stream.log == nil && !isAbandoned }

  func abandon() { isAbandoned = true }

  /// The next line of its own, or nil when it is up to date.
  func step() -> [UInt8]? {
    guard isActive, let log = stream.log else { return nil }
    if !hasBegun {
      hasBegun = true
      return stream.beginLine(from: offset)
    }
    if let place = reasoning, place < log.next(of: .reasoning) {
      let piece = stream.piece(from: place, of: .reasoning, in: log)
      reasoning = piece.next
      return piece.line
    }
    if offset < log.next(of: .text) {
      let piece = stream.piece(from: offset, of: .text, in: log)
      offset = piece.next
      return piece.line
    }
    guard endIsDue, !hasEnded else { return nil }
    hasEnded = true
    return stream.endLine()
  }

  /// Takes note of an event about its turn, and gives the line to send for it. Text goes first: see `hasMore`.
  func hear(_ news: StreamNews) -> [UInt8]? {
    switch news.step {
    case .began: return nil
    case .phase(let phase, let detail): return overIsDue ? nil : news.phaseLine(phase, detail: detail)
    case .ended:
      endIsDue = true
      return step()
    case .over(let phase):
      if overIsDue { return nil }
      overIsDue = true
      return news.phaseLine(phase)
    }
  }

  /// Events up to here have left the ring unread: what they would have told is taken from the stream itself.
  func skip(to evicted: UInt64) {
    guard next <= evicted else { return }
    next = evicted + 1
    endIsDue = endIsDue || stream.endedAt.map { $0 <= evicted } ?? false
    overIsDue = overIsDue || isAbandoned || stream.overAt.map { $0 <= evicted } ?? false
  }
}
