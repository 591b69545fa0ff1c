import Base
import Model
import Posix
import Wire

/// A connection's place in its owner's events and in the turns it listens to: each event goes out once, in order, and streams in
/// between, so that what ends a stream comes after its last piece.
@Loop
struct EventCursor {
  private var subscriptions: [Subscription] = []
  private var streams: [StreamCursor] = []
  /// Where the next look for a stream with more begins, so that a fast one leaves the others their share.
  private var rotation = 0
  /// The ring comes next: streams and events take turns.
  private var ringIsNext = false

  enum Step {
    case line([UInt8])
    /// Events are gone that a subscription was to hear; in these followed chats something may have begun meanwhile.
    case lost(from: UInt64, to: UInt64, followed: [ULID])
    /// A turn began in a chat that is followed: its log is wanted.
    case opened(StreamCursor)
  }

  var isEmpty: Bool { subscriptions.isEmpty && streams.isEmpty }
  /// Subscriptions and follows.
  var count: Int { subscriptions.count }
  var streamCount: Int { streams.count }
  /// The texts of turns that are over, which this connection keeps with others or alone.
  var keptBytes: Int { streams.isEmpty ? 0 : streams.reduce(0) { $0 + $1.stream.keptBytes } }

  // MARK: Who listens

  mutating func add(_ subscription: Subscription) { subscriptions.append(subscription) }

  /// False when there is none of that name.
  mutating func remove(_ id: String) -> Bool {
    let before = subscriptions.count
    subscriptions.removeAll { $0.id == id && $0.followed == nil }
    return subscriptions.count < before
  }

  func follow(of chat: ULID) -> Subscription? { subscriptions.first { $0.followed == chat } }

  /// Ends a follow, and gives the cursors that it had opened.
  mutating func unfollow(_ chat: ULID) -> [StreamCursor] {
    subscriptions.removeAll { $0.followed == chat }
    let opened = streams.filter { $0.follow == chat }
    streams.removeAll { $0.follow == chat }
    return opened
  }

  func stream(of turn: ULID) -> StreamCursor? { streams.first { $0.stream.id == turn } }

  mutating func add(_ cursor: StreamCursor) { streams.append(cursor) }

  mutating func detach(_ turn: ULID) -> StreamCursor? {
    guard let index = streams.firstIndex(where: { $0.stream.id == turn }) else { return nil }
    return streams.remove(at: index)
  }

  /// Takes out those that have nothing more to say.
  mutating func takeFinished() -> [StreamCursor] {
    let finished = streams.filter(\.isFinished)
    if !finished.isEmpty { streams.removeAll { $0.isFinished } }
    return finished
  }

  var all: [StreamCursor] { streams }

  // MARK: What comes next

  /// The next line for this connection, if any may go: `gate` holds back what a call still unanswered has caused.
  mutating func next(in ring: EventRing, gate: (Origin) -> Bool) -> Step? {
    if ringIsNext {
      ringIsNext = false
      if let step = nextEvent(in: ring, gate: gate) { return step }
      return nextPiece()
    }
    if let step = nextPiece() {
      ringIsNext = true
      return step
    }
    return nextEvent(in: ring, gate: gate)
  }

  private mutating func nextPiece() -> Step? {
    for turn in 0..<streams.count {
      let index = (rotation + turn) % streams.count
      if let line = streams[index].step() {
        rotation = index + 1
        return .line(line)
      }
    }
    return nil
  }

  private mutating func nextEvent(in ring: EventRing, gate: (Origin) -> Bool) -> Step? {
    // Nearly everybody has one, which needs none of the bookkeeping for several; it is half the daemon's own part in telling many.
    if streams.isEmpty, subscriptions.count == 1, subscriptions[0].followed == nil {
      return nextEvent(of: subscriptions[0], in: ring, gate: gate)
    }
    let active = subscriptions.filter(\.isActive)
    // Follows open cursors while this runs; those have their place behind the event that opened them.
    let listening = streams.filter(\.isActive)
    guard var position = (active.map(\.next) + listening.map(\.next)).min() else { return nil }
    if position <= ring.evicted {
      for cursor in listening { cursor.skip(to: ring.evicted) }
      // Streams that ended among what is gone go first, as they would have.
      if listening.contains(where: \.isEnding) { return nil }
      let behind = active.filter { $0.next <= ring.evicted }
      if let from = behind.map(\.next).min() {
        for subscription in behind { subscription.next = ring.evicted + 1 }
        return .lost(from: from, to: ring.evicted, followed: behind.compactMap(\.followed))
      }
      position = ring.evicted + 1
    }
    if listening.contains(where: \.isOpening) { return nil }
    while let entry = ring.entry(from: position) {
      if let origin = entry.origin, gate(origin) { return nil }
      position = entry.seq + 1
      if let news = entry.about.news {
        if case .began = news.step, let cursor = open(news, at: entry.seq, for: active) {
          return .opened(cursor)
        }
        if let cursor = listening.first(where: { $0.stream.id == news.turn.id && $0.next <= entry.seq }) {
          if news.followsText, cursor.hasMore { return nil }
          cursor.next = position
          if let line = cursor.hear(news) { return .line(line) }
        }
      }
      for cursor in listening { cursor.next = max(cursor.next, position) }
      var due = false
      var served = false
      for subscription in active where subscription.from <= entry.seq {
        let wants = (subscription.next <= entry.seq || !served) && subscription.wants(entry.about)
        if subscription.next <= entry.seq { due = due || wants } else { served = served || wants }
      }
      for subscription in active { subscription.next = max(subscription.next, position) }
      if due, !served { return .line(entry.line) }
    }
    for subscription in active { subscription.next = max(subscription.next, ring.seq + 1) }
    for cursor in listening { cursor.next = max(cursor.next, ring.seq + 1) }
    return nil
  }

  private func nextEvent(
    of only: Subscription, in ring: EventRing, gate: (Origin) -> Bool
  ) -> Step? {
    guard only.isActive, only.next <= ring.seq else { return nil }
    if only.next <= ring.evicted {
      let from = only.next
      only.next = ring.evicted + 1
      return .lost(from: from, to: ring.evicted, followed: [])
    }
    while let entry = ring.entry(from: only.next) {
      if let origin = entry.origin, gate(origin) { return nil }
      only.next = entry.seq + 1
      if only.wants(entry.about) { return .line(entry.line) }
    }
    only.next = ring.seq + 1
    return nil
  }

  /// A cursor for a turn that began in a followed chat, unless the connection has one.
  private mutating func open(
    _ news: StreamNews, at seq: UInt64, for active: [Subscription]
  ) -> StreamCursor? {
    // One that has heard its end is of an earlier run of the turn, which is tried again under its own name.
    streams.removeAll { $0.isFinished && $0.stream.id == news.turn.id }
    guard let chat = news.turn.chat, stream(of: news.turn.id) == nil,
      active.contains(where: { $0.followed == chat && $0.next <= seq })
    else { return nil }
    // The first who comes too late for the running turn fetches it for the others.
    let stream = news.stream ?? LiveStream(news.turn, beganAt: seq)
    news.stream = stream
    let cursor = StreamCursor(
      stream, from: 0, reasoning: false, next: seq + 1,
      follow: chat, isActive: true)
    streams.append(cursor)
    return cursor
  }
}
