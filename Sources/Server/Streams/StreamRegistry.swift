import Base
import Engine
import Model
import Posix

/// The streams of turns that run, and of those of the past that somebody reads, so that all who listen to one share it.
@Loop
final class StreamRegistry {
  private struct Past: Hashable {
    let owner: Owner
    let turn: ULID
  }
  private struct Reading {
    weak var stream: LiveStream?
  }

  private var streams: [ULID: LiveStream] = [:]
  private var past: [Past: Reading] = [:]
  /// When the table of those has so many entries, what nobody reads any more is swept out.
  private var sweepAt = 64

  func find(_ turn: ULID) -> LiveStream? { streams[turn] }

  /// Called for each event as it goes into the ring.
  func note(_ subject: Event.Subject, _ news: StreamNews, at seq: UInt64) {
    let turn = news.turn
    switch subject {
    case .streamBegan(_, let chat, let parent, let message):
      let stream = streams[turn.id] ?? LiveStream(turn)
      stream.began(turn, in: chat, parent: parent, message: message, at: seq)
      streams[turn.id] = stream
    case .streamEnded(_, let reply): streams[turn.id]?.ended(turn, reply: reply, at: seq)
    default:
      guard case .over = news.step else {
        streams[turn.id]?.moved(turn)
        break
      }
      news.stream = streams[turn.id]
      streams.removeValue(forKey: turn.id)?.isOver(turn, at: seq)
      return
    }
    news.stream = streams[turn.id]
  }

  /// The stream to attach to: the shared one of a turn that runs, or one of its own for a turn of the past.
  func stream(
    _ turn: ULID, of owner: Owner, through door: any TurnDoor
  ) async throws(EngineError) -> LiveStream {
    // The turn may end between what Engine answers and our hearing of it; then the second answer is the stored one.
    for _ in 0..<2 {
      let source = try await door.stream(turn, of: owner)
      if let stream = streams[turn] {
        stream.take(source)
        return stream
      }
      let isRunning = source.turn.phase.isReply
      if isRunning, source.log.isClosed { continue }
      if source.turn.phase.isOver { return shared(source, of: owner) }
      let stream = LiveStream(source.turn)
      stream.take(source)
      streams[turn] = stream
      return stream
    }
    throw .notFound(kind: "turn", id: turn.description)
  }

  /// The stream that others read a turn of the past from; this one from here on where there is none, or where the turn was tried again
  /// since.
  private func shared(_ source: StreamSource, of owner: Owner) -> LiveStream {
    let place = Past(owner: owner, turn: source.turn.id)
    if let known = past[place]?.stream, known.turn.endedAt == source.turn.endedAt { return known }
    let stream = LiveStream(source.turn)
    stream.take(source)
    if past.count >= sweepAt {
      past = past.filter { $0.value.stream != nil }
      sweepAt = max(64, past.count * 2)
    }
    past[place] = Reading(stream: stream)
    return stream
  }
}
