import Base
import Engine
import Model
import Posix
import Wire

/// One turn's stream as all its listeners share it: the log, what began and ended it, and the lines that are the same for all.
///
/// The registry holds it while the turn runs; afterwards only cursors that still read do. Listeners keep their own places.
@Loop
final class LiveStream {
  /// As far as it was told; its `next` is the log's.
  private(set) var turn: Turn
  private(set) var log: StreamLog?
  private var chat: Chat?
  private var parent: ULID?
  /// The person's line that started it, while somebody remembers.
  private var message: Message?
  private var reply: Message?
  /// Places in the owner's ring: nil before it happened, 0 when that was before anybody's time.
  private(set) var beganAt: UInt64?
  private(set) var endedAt: UInt64?
  private(set) var overAt: UInt64?
  /// Connections with a cursor here, by number: they are served when the log grows.
  var listeners: Set<UInt64> = []

  private var lastPiece: Piece?
  private var encodedEnd: [UInt8]?

  struct Piece {
    let kind: StreamLog.Kind
    let from: Int
    let next: Int
    let line: [UInt8]
  }

  init(_ turn: Turn, beganAt: UInt64? = nil) {
    self.turn = turn
    self.beganAt = beganAt
  }

  var id: ULID { turn.id }

  /// What is kept only because somebody reads it still: nothing while the turn runs.
  var keptBytes: Int { overAt == nil ? 0 : log.map { $0.next(of: .text) + $0.next(of: .reasoning) } ?? 0 }

  // MARK: What happens to it

  func began(_ turn: Turn, in chat: Chat?, parent: ULID?, message: Message?, at seq: UInt64) {
    self.turn = turn
    self.chat = chat
    self.parent = parent
    self.message = message
    beganAt = seq
  }

  /// The line is known to who sent it, too.
  func started(by message: Message) { if self.message == nil { self.message = message } }

  func moved(_ turn: Turn) { self.turn = turn }

  func ended(_ turn: Turn, reply: Message?, at seq: UInt64) {
    self.turn = turn
    self.reply = reply
    endedAt = seq
  }

  func isOver(_ turn: Turn, at seq: UInt64) {
    self.turn = turn
    overAt = seq
  }

  /// The log comes when the first listener does: a turn nobody listens to costs nothing here.
  func take(_ source: StreamSource) {
    if log == nil { log = source.log }
    if parent == nil { parent = source.parent }
    if chat == nil { chat = source.chat }
    // A reply that was stored before anybody heard of it is all there is, but for the end of its tail.
    if !source.turn.phase.isReply, endedAt == nil {
      turn = source.turn
      reply = source.reply
      endedAt = 0
    }
    if source.turn.phase.isOver, overAt == nil {
      turn = source.turn
      reply = source.reply
      overAt = 0
    }
  }

  /// The turn with the log's present length.
  var turnNow: Turn {
    var turn = turn
    if let log { turn.next = Int64(log.next(of: .text)) }
    return turn
  }

  // MARK: Lines

  func beginLine(from offset: Int) -> [UInt8] {
    let params = StreamBegin.Params(
      turn: turnNow, chat: chat, parent: parent, replyId: turn.replyId, message: message,
      from: Int64(offset))
    return MessageLine.notification(StreamBegin.name, params: JSONText.written(params))
  }

  /// What follows `offset`: everything there is, up to a delta's limit. Encoded once for all who stand at the same place.
  func piece(from offset: Int, of kind: StreamLog.Kind, in log: StreamLog) -> Piece {
    if let last = lastPiece, last.kind == kind, last.from == offset,
      last.next == log.next(of: kind) || last.next - offset > StreamDelta.maxTextBytes - 4
    {
      return last
    }
    let (text, next) = log.piece(from: offset, limit: StreamDelta.maxTextBytes, of: kind)
    let line = StreamDelta.line(
      .init(
        turn: id, from: Int64(offset), next: Int64(next), text: text,
        kind: kind == .reasoning ? .reasoning : nil))
    let piece = Piece(kind: kind, from: offset, next: next, line: line)
    lastPiece = piece
    return piece
  }

  func endLine() -> [UInt8] {
    if let encodedEnd { return encodedEnd }
    let turn = turnNow
    let elapsed = ((turn.endedAt ?? turn.startedAt) - turn.startedAt).wholeMilliseconds
    let params = StreamEnd.Params(
      turn: turn, finish: turn.finish ?? .interrupted, reply: reply, result: turn.result, error: turn.error,
      usage: turn.usage,
      // A turn that a crash cut short has no figures of its own.
      timing: turn.timing ?? Timing(queuedMs: 0, totalMs: max(0, elapsed)))
    let line = MessageLine.notification(StreamEnd.name, params: JSONText.written(params))
    encodedEnd = line
    return line
  }
}
