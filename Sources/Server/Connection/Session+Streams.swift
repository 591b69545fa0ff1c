import Base
import Engine
import Model
import Posix
import Wire

/// Cursors of this connection: how they come, move and go. A stream has no queue here; see `LiveStream`.
extension Session {
  /// Every cursor costs a place, and one into a turn of the past its whole text.
  func checkRoomForStream() throws(RPCError) { try checkRoomForStreams(1) }

  func checkRoomForStreams(_ count: Int) throws(RPCError) {
    let limit = server.limits.maxSubscriptions
    guard events.streamCount + count <= limit else {
      throw .tooLarge("A connection", limit: Int64(limit), unit: "streams")
    }
  }

  /// Where a listener begins who asks for `from`, and whether that was beyond what there is.
  static func place(_ from: Int64?, in stream: LiveStream) -> (offset: Int, reset: Bool) {
    guard let log = stream.log, let from else { return (0, false) }
    if from > Int64(log.next(of: .text)) { return (0, true) }
    return (log.rounded(Int(from), in: .text), false)
  }

  /// The caller activates it once its reply is written.
  func listen(
    to stream: LiveStream, from offset: Int, reasoning: Bool = false, follow: ULID? = nil
  ) -> StreamCursor {
    let cursor = StreamCursor(
      stream, from: offset, reasoning: reasoning, next: ring.seq + 1, follow: follow, isActive: false)
    events.add(cursor)
    stream.listeners.insert(number)
    return cursor
  }

  /// The turn that generates in a chat, once it was announced.
  func runningStream(in chat: ULID) -> LiveStream? {
    guard let source = server.doors?.turns.running(in: chat, of: identity.owner),
      let stream = server.hub.streams.find(source.turn.id)
    else { return nil }
    stream.take(source)
    return stream
  }

  func detach(_ turn: ULID) {
    if let cursor = events.detach(turn) { cursor.stream.listeners.remove(number) }
  }

  func unfollow(_ chat: ULID) {
    for cursor in events.unfollow(chat) { cursor.stream.listeners.remove(number) }
  }

  /// Whether a follow of this connection will open the stream when it comes to the event that began it.
  func isLeftToFollow(_ stream: LiveStream) -> Bool {
    guard let chat = stream.turn.chat, let follow = events.follow(of: chat) else { return false }
    return stream.beganAt.map { $0 >= follow.next } ?? true
  }

  /// A followed chat's turn has begun for this connection. One that is over by the time a slow reader gets there comes from the
  /// store; its events wait for it.
  func opened(_ cursor: StreamCursor) {
    let stream = cursor.stream
    stream.listeners.insert(number)
    guard stream.log == nil, let door = server.doors?.turns else { return }
    let owner = identity.owner
    if let chat = stream.turn.chat, let source = door.running(in: chat, of: owner),
      source.turn.id == stream.id
    {
      return stream.take(source)
    }
    Loop.begin { [weak self, log = server.log] in
      do throws(EngineError) {
        stream.take(try await door.stream(stream.id, of: owner))
      } catch {
        // Deleted meanwhile, as a rule: there is nothing to show.
        log.info("A followed turn could not be fetched.", ["turn": stream.id, "why": "\(error)"])
        cursor.abandon()
      }
      self?.flushSoon()
    }
  }

  /// Events were lost on the way to this connection; what runs in the chats it follows did not begin for it.
  func resume(following chats: [ULID]) {
    for chat in chats {
      guard let stream = runningStream(in: chat), let began = stream.beganAt, began <= ring.evicted,
        events.stream(of: stream.id) == nil
      else { continue }
      let cursor = StreamCursor(
        stream, from: 0, reasoning: false, next: ring.evicted + 1, follow: chat, isActive: true)
      events.add(cursor)
      stream.listeners.insert(number)
    }
  }

  /// Lets go of what has said its last word.
  func dropFinishedStreams() {
    for cursor in events.takeFinished() { cursor.stream.listeners.remove(number) }
  }

  func dropAllStreams() {
    for cursor in events.all { cursor.stream.listeners.remove(number) }
    events = EventCursor()
  }
}
