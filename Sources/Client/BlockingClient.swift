public import Base
import FoundationEssentials
import Glibc
public import Posix
public import Wire

/// A client for programs that do one thing after another: every call waits for its reply.
///
/// For one thread at a time. Connects with the first call; a lost connection is made again, by the options' policy, whenever
/// something is waited for. News that come while a reply is awaited are kept for `nextNews`, within the options' limits.
public final class BlockingClient {
  public let path: String
  private var session: ClientSession
  private let options: ClientOptions
  private let clock: LoopClock
  private var connection: Connection?
  /// When the session wants the next attempt.
  private var connectAt: LoopClock.Instant?
  private var replies: [CallToken: Result<Reply, ClientError>] = [:]
  private var held = HeldNews()
  private var end: ClientError?
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)

  /// Nothing happens before the first call. Of the clock only the time is asked; no loop is needed.
  public init(path: String, options: ClientOptions, clock: LoopClock = LoopClock()) {
    self.path = path
    self.clock = clock
    self.options = options
    session = ClientSession(options: options)
  }

  // MARK: Calls

  /// Connects, unless that is so already, and tells what the daemon said of itself.
  @discardableResult
  public func connect(timeout: Duration? = nil) throws(ClientError) -> Hello.Result {
    startIfNeeded()
    let deadline = deadline(timeout)
    while session.phase != .ready {
      if let end { throw end }
      guard pump(until: deadline) else { throw .timedOut(timeout ?? .zero) }
    }
    guard let greeting = session.greeting else { throw end ?? .closed }
    return greeting
  }

  /// Calls a declared method and waits for its result.
  ///
  /// Sent again after a lost connection when that is safe (see `CallRequest.repeats`). At `timeout` the call is taken back, which
  /// may come too late: a writing call that timed out is repeated safely with the same `key`.
  public func call<M: Method>(
    _ method: M.Type, _ params: M.Params, key: String? = nil, timeout: Duration? = nil
  ) throws(ClientError) -> M.Result {
    try call(CallRequest(method, params, key: key), timeout: timeout).decoded(as: method)
  }

  public func call<M: Method>(_ method: M.Type, timeout: Duration? = nil) throws(ClientError) -> M.Result
  where M.Params == Empty {
    try call(method, Empty(), timeout: timeout)
  }

  /// How long a `ping` takes there and back, on a connection that stands.
  public func roundTrip(timeout: Duration? = nil) throws(ClientError) -> Duration {
    try connect(timeout: timeout)
    let start = clock.now
    _ = try call(Ping.self, timeout: timeout)
    return start.duration(to: clock.now)
  }

  public func call(_ request: CallRequest, timeout: Duration? = nil) throws(ClientError) -> Reply {
    try reply(to: send(request), timeout: timeout)
  }

  /// Sends a call without waiting, so that several travel at once; each is fetched with `reply(to:)`.
  public func send(_ request: CallRequest) -> CallToken {
    startIfNeeded()
    // The daemon may have gone since the last look: better to know before a call is entrusted to the old connection.
    if connection != nil { _ = readAndWrite(milliseconds: 0) }
    let (token, actions) = session.call(request)
    perform(actions)
    flush()
    return token
  }

  public func reply(to token: CallToken, timeout: Duration? = nil) throws(ClientError) -> Reply {
    let deadline = deadline(timeout)
    while true {
      if let outcome = replies.removeValue(forKey: token) { return try outcome.get() }
      if let end { throw end }
      guard pump(until: deadline) else {
        perform(session.abandon(token))
        flush()
        throw .timedOut(timeout ?? .zero)
      }
    }
  }

  // MARK: News

  /// Asks to be told of events. News come from `nextNews`, beginning with `.subscribed` or `.refused`.
  public func subscribe(_ interest: Interest) -> SubscriptionToken {
    startIfNeeded()
    let (token, actions) = session.subscribe(interest)
    perform(actions)
    flush()
    return token
  }

  public func unsubscribe(_ token: SubscriptionToken) {
    perform(session.unsubscribe(token))
    flush()
  }

  // MARK: Streams

  /// Listens to whatever a chat brings: its streams come as `.stream`, its events as `.event`, each time it stands as `.following`.
  public func follow(_ chat: ULID) {
    startIfNeeded()
    perform(session.follow(chat))
    flush()
  }

  public func unfollow(_ chat: ULID) {
    perform(session.unfollow(chat))
    flush()
  }

  /// Listens to one turn from a byte of its text on, also when it is over.
  public func listen(to turn: ULID, from: Int64 = 0, reasoning: Bool = false) {
    startIfNeeded()
    perform(session.listen(to: turn, from: from, reasoning: reasoning))
    flush()
  }

  public func stopListening(to turn: ULID) {
    perform(session.stopListening(to: turn))
    flush()
  }

  // MARK: Waiting

  /// Waits for what comes next; nil when `timeout` passed first. Throws once the client has ended and all else was fetched.
  public func nextNews(timeout: Duration? = nil) throws(ClientError) -> News? {
    startIfNeeded()
    let deadline = deadline(timeout)
    while true {
      if let news = held.next() { return news }
      if let end { throw end }
      guard pump(until: deadline) else { return nil }
    }
  }

  /// What a program with more than one thing to listen to waits for.
  public enum Happening: Sendable {
    case reply(CallToken, Result<Reply, ClientError>)
    case news(News)
    /// There is something to read on it, or its end.
    case readable(Int32)
  }

  /// Waits for whatever comes first: the reply to one of `calls`, news, or something on one of the `descriptors`. Nil when `timeout`
  /// passed first. A reply comes before the news that its call caused. Throws once the client has ended and all else was fetched.
  public func next(
    awaiting calls: [CallToken] = [], descriptors: [Int32] = [], timeout: Duration? = nil
  ) throws(ClientError) -> Happening? {
    startIfNeeded()
    let deadline = deadline(timeout)
    while true {
      for token in calls {
        if let outcome = replies.removeValue(forKey: token) { return .reply(token, outcome) }
      }
      if let news = held.next() { return .news(news) }
      if let end { throw end }
      if !descriptors.isEmpty, let readable = firstReadable(of: descriptors, until: deadline) {
        return .readable(readable)
      }
      guard pump(until: deadline) else { return nil }
    }
  }

  /// Waits until the client has ended, and tells why; nil when `timeout` passed first. News that come meanwhile are dropped. Of use
  /// only where the connection is not made again.
  public func waitForEnd(timeout: Duration? = nil) -> ClientError? {
    let deadline = deadline(timeout)
    while end == nil {
      held.removeAll()
      guard pump(until: deadline) else { return end }
    }
    return end
  }

  /// Ends the client and its connection.
  public func close() { perform(session.close()) }

  // MARK: Carrying out what the session wants

  private func startIfNeeded() {
    if session.phase == .idle { perform(session.start()) }
  }

  private func perform(_ actions: [ClientSession.Action]) {
    for action in actions {
      switch action {
      case .connect(let delay): connectAt = clock.now.advanced(by: delay)
      case .send(let bytes): connection?.enqueue(bytes)
      case .disconnect: connection = nil
      case .reply(let token, let outcome): replies[token] = outcome
      case .news(.closed(let reason)): end = reason
      case .news(let news): held.append(news)
      }
    }
    if held.count > options.maxHeldNews || held.bytes > options.maxHeldNewsBytes {
      let turns = held.removeAll()
      perform(session.droppedEvents())
      if !turns.isEmpty { perform(session.droppedStreams(turns)) }
    }
  }

  /// Does the next thing there is to do. False when `deadline` came first.
  private func pump(until deadline: LoopClock.Instant?) -> Bool {
    if let due = connectAt {
      if let deadline, deadline < due {
        pause(until: deadline)
        return false
      }
      pause(until: due)
      connectAt = nil
      open()
      return true
    }
    guard connection != nil else { return end != nil }
    let now = clock.now
    if let deadline, deadline <= now { return false }
    return readAndWrite(milliseconds: deadline.map { milliseconds(from: now, to: $0) })
      || deadline.map { $0 > clock.now } ?? true
  }

  /// Waits beside the connection, without touching it, until the next thing there is to do. Nil when it is not one of these.
  private func firstReadable(of descriptors: [Int32], until deadline: LoopClock.Instant?) -> Int32? {
    var polls = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    // The pause before the next attempt is waited for here as well, so that a person is heard meanwhile.
    let end = connectAt.map { due in deadline.map { min($0, due) } ?? due } ?? deadline
    if connectAt == nil, let descriptor = connection?.descriptor, let events = connection?.events {
      polls.append(pollfd(fd: descriptor, events: events, revents: 0))
    }
    var found: Int32
    repeat {
      let now = clock.now
      let wait = end.map { $0 <= now ? 0 : milliseconds(from: now, to: $0) } ?? -1
      found = unsafe poll(&polls, nfds_t(polls.count), wait)
      // A signal that a descriptor tells of must not be followed by a wait on the connection alone.
    } while found < 0 && errno == EINTR
    guard found > 0 else { return nil }
    return polls.prefix(descriptors.count).first { $0.revents != 0 }?.fd
  }

  private func open() {
    do throws(ConnectFailure) {
      connection = try Connection(to: path)
      perform(session.connected())
      flush()
    } catch {
      perform(session.connectFailed(error))
    }
  }

  private func flush() { connection?.flush() }

  private func readAndWrite(milliseconds: Int32?) -> Bool {
    guard connection?.wait(milliseconds: milliseconds) == true else { return false }
    flush()
    var actions: [ClientSession.Action] = []
    var arrived = 0
    // Moved out for the time of reading: the closure changes the session, which is this object's too.
    var buffer = buffer
    self.buffer = []
    let reading = unsafe buffer.withUnsafeMutableBytes { buffer in
      unsafe connection?.read(into: buffer, rounds: 1) { bytes in
        arrived += bytes.count
        actions += session.received(bytes)
        return true
      }
    }
    self.buffer = buffer
    held.arriving(arrived)
    perform(actions)
    if case .ended(let errno) = reading, connection != nil {
      connection = nil
      perform(session.ended(errno: errno))
    }
    flush()
    return true
  }

  // MARK: Time

  private func deadline(_ timeout: Duration?) -> LoopClock.Instant? {
    timeout.map { clock.now.advanced(by: $0) }
  }

  /// Rounded up, so that a wait never ends just before its time and spins.
  private func milliseconds(
    from now: LoopClock.Instant, to deadline: LoopClock.Instant
  ) -> Int32 {
    Int32(clamping: (now.duration(to: deadline) + .microseconds(999)).wholeMilliseconds)
  }

  private func pause(until due: LoopClock.Instant) {
    while case let now = clock.now, now < due {
      _ = poll(nil, 0, milliseconds(from: now, to: due))
    }
  }
}
