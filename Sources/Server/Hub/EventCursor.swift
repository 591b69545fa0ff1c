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
  /// Those that only wait for the end of a tail cost next to nothing, and the tails themselves are limited: somebody whose scenes are read
  /// slowly is not kept from talking on.
  var streamCount: Int { streams.count { !$0.isAtTail } }
  /// The texts of turns that are over, which this connection keeps with others or alone.
  var keptBytes: Int {
    var bytes = 0
    for cursor in streams { bytes += cursor.stream.keptBytes }
    return bytes
  }

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
    var finished: [StreamCursor] = []
    for cursor in streams where cursor.isFinished { finished.append(cursor) }
    if !finished.isEmpty { streams.removeAll { $0.isFinished } }
    return finished
  }

  var all: [StreamCursor] { streams }

  // MARK: What comes next

  /// Events from `first` to `last` came, all of them about these chats: true when they are nothing to this connection, which has
  /// considered everything before them, and now counts as having considered them too.
  ///
  /// Of a thousand connections that follow a chat each, an event concerns two: the others are not to look at it one by one.
  func pass(_ chats: Set<ULID>, from first: UInt64, to last: UInt64) -> Bool {
    for subscription in subscriptions {
      guard let followed = subscription.followed, subscription.isActive, subscription.next == first,
        !chats.contains(followed)
      else { return false }
    }
    for cursor in streams {
      guard let chat = cursor.stream.turn.chat, cursor.isActive, cursor.next == first, !chats.contains(chat)
      else { return false }
    }
    for subscription in subscriptions { subscription.next = last + 1 }
    for cursor in streams { cursor.next = last + 1 }
    return true
  }

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
    // Most often there is nothing: a token came, and no event.
    var position = UInt64.max
    for subscription in subscriptions where subscription.isActive {
      position = min(position, subscription.next)
    }
    for cursor in streams where cursor.isActive { position = min(position, cursor.next) }
    guard position <= ring.seq else { return nil }
    let active = subscriptions.filter(\.isActive)
    // Follows open cursors while this runs; those have their place behind the event that opened them.
    let listening = streams.filter(\.isActive)
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
    let chats = onlyChats(active, listening)
    while let entry = entry(in: ring, from: position, about: chats) {
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
      if due, !served { return .line(ring.line(of: entry)) }
    }
    for subscription in active { subscription.next = max(subscription.next, ring.seq + 1) }
    for cursor in listening { cursor.next = max(cursor.next, ring.seq + 1) }
    return nil
  }

  private func entry(in ring: EventRing, from position: UInt64, about chats: [ULID]?) -> EventRing.Entry? {
    if let chats { return ring.entry(from: position, about: chats) }
    return ring.entry(from: position)
  }

  /// The chats of whose events alone anything can be sent here; nil when there is no telling.
  private func onlyChats(_ active: [Subscription], _ listening: [StreamCursor]) -> [ULID]? {
    var chats: [ULID] = []
    for subscription in active {
      guard let chat = subscription.followed else { return nil }
      chats.append(chat)
    }
    for cursor in listening {
      guard let chat = cursor.stream.turn.chat else { return nil }
      if !chats.contains(chat) { chats.append(chat) }
    }
    // Beyond a few, asking each event for its chat costs as much as looking at it.
    return chats.count <= 8 ? chats : nil
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
      if only.wants(entry.about) { return .line(ring.line(of: entry)) }
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
