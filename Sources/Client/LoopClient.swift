public import Base
import FoundationEssentials
public import Posix
public import Wire

/// A client that lives on the event loop, for programs that listen to several things at once.
///
/// `news` is called on the loop, in order, and may call back into the client. The client lives until `close()`, also when
/// nobody holds it: the loop does.
@Loop
public final class LoopClient {
  public let path: String
  private var session: ClientSession
  private let clock: any Clock<Duration>
  private let news: @Loop (News) -> Void

  private var connection: Connection?
  private var writesWatched = false
  private var waiting: [CallToken: CheckedContinuation<Result<Reply, ClientError>, Never>] = [:]
  private var attempt: Task<Void, Never>?
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)
  /// Actions not carried out yet; whoever adds to them while they are being carried out leaves them to that one.
  private var queue: [ClientSession.Action] = []
  private var isPerforming = false

  /// `clock` paces reconnection and time-outs.
  public init(
    path: String, options: ClientOptions, clock: any Clock<Duration> = LoopClock(),
    news: @escaping @Loop (News) -> Void
  ) {
    self.path = path
    self.clock = clock
    self.news = news
    session = ClientSession(options: options)
  }

  /// Connects, now and whenever the connection is lost.
  public func start() { perform(session.start()) }

  /// What the daemon said of itself on the latest connection.
  public var greeting: Hello.Result? { session.greeting }
  public var isReady: Bool { session.phase == .ready }

  // MARK: Calls

  /// Calls a declared method. Cancelling the task asks the daemon to cancel the call, and the answer says what became of it;
  /// after `timeout` the client stops waiting by itself.
  public func call<M: Method>(
    _ method: M.Type, _ params: M.Params, key: String? = nil, timeout: Duration? = nil
  ) async throws(ClientError) -> M.Result {
    try await call(CallRequest(method, params, key: key), timeout: timeout).decoded(as: method)
  }

  public func call(_ request: CallRequest, timeout: Duration? = nil) async throws(ClientError) -> Reply {
    let (token, actions) = session.call(request)
    let patience = timeout.map { timeout in
      Task { @Loop [clock] in
        // Cancelled: the reply came first.
        guard (try? await clock.sleep(for: timeout)) != nil else { return }
        giveUp(token, after: timeout)
      }
    }
    let start = Start()
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        waiting[token] = continuation
        perform(actions)
        start.isMade = true
        if start.isCancelled { perform(session.cancel(token)) }
      }
    } onCancel: {
      Loop.perform {
        start.isCancelled = true
        if start.isMade { self.perform(self.session.cancel(token)) }
      }
    }
    patience?.cancel()
    return try outcome.get()
  }

  /// A task may be cancelled before it has sent its call: then the request goes first all the same, and its cancellation
  /// after it, since a daemon cannot take back what it has not heard of.
  @Loop private final class Start {
    var isMade = false
    var isCancelled = false
  }

  private func giveUp(_ token: CallToken, after timeout: Duration) {
    guard let continuation = waiting.removeValue(forKey: token) else { return }
    perform(session.abandon(token))
    continuation.resume(returning: .failure(.timedOut(timeout)))
  }

  // MARK: Events

  /// Asks to be told of events, for as long as the client lives. `.subscribed` or `.refused` follows among the news.
  public func subscribe(_ interest: Interest) -> SubscriptionToken {
    let (token, actions) = session.subscribe(interest)
    perform(actions)
    return token
  }

  public func unsubscribe(_ token: SubscriptionToken) { perform(session.unsubscribe(token)) }

  // MARK: Streams

  /// Listens to whatever a chat brings: its streams come as `.stream`, each time it stands as `.following`.
  public func follow(_ chat: ULID) { perform(session.follow(chat)) }
  public func unfollow(_ chat: ULID) { perform(session.unfollow(chat)) }

  /// Listens to one turn from a byte of its text on, also when it is over.
  public func listen(to turn: ULID, from: Int64 = 0, reasoning: Bool = false) {
    perform(session.listen(to: turn, from: from, reasoning: reasoning))
  }

  public func stopListening(to turn: ULID) { perform(session.stopListening(to: turn)) }

  /// Ends the client; calls under way fail with `.closed`.
  public func close() { perform(session.close()) }

  // MARK: Carrying out what the session wants

  private func perform(_ actions: [ClientSession.Action]) {
    queue += actions
    guard !isPerforming else { return }
    isPerforming = true
    while !queue.isEmpty {
      let actions = queue
      queue = []
      for action in actions { perform(action) }
      flush()
    }
    isPerforming = false
  }

  private func perform(_ action: ClientSession.Action) {
    switch action {
    case .connect(let delay):
      if delay == .zero { open() } else { open(after: delay) }
    case .send(let bytes): connection?.enqueue(bytes)
    case .disconnect: disconnect()
    case .reply(let token, let outcome): waiting.removeValue(forKey: token)?.resume(returning: outcome)
    case .news(let item):
      if case .closed = item { attempt?.cancel() }
      news(item)
    }
  }

  private func open(after delay: Duration) {
    attempt = Task { @Loop [clock] in
      // Cancelled: the client was closed.
      guard (try? await clock.sleep(for: delay)) != nil else { return }
      open()
    }
  }

  private func open() {
    guard connection == nil, session.phase == .connecting else { return }
    do throws(ConnectFailure) {
      let made = try Connection(to: path)
      let descriptor = made.descriptor
      connection = consume made
      EventLoop.shared.watch(descriptor, for: .read) { readiness in self.ready(readiness) }
      writesWatched = false
      queue += session.connected()
    } catch {
      queue += session.connectFailed(error)
    }
    perform([])
  }

  private func disconnect() {
    if let descriptor = connection?.descriptor { EventLoop.shared.unwatch(descriptor) }
    connection = nil
  }

  private func ready(_ readiness: EventLoop.Readiness) {
    var actions: [ClientSession.Action] = []
    var buffer = buffer
    self.buffer = []
    let reading = unsafe buffer.withUnsafeMutableBytes { buffer in
      unsafe connection?.read(into: buffer, rounds: 4) { bytes in
        actions += session.received(bytes)
        return true
      }
    }
    self.buffer = buffer
    flush()
    if case .ended(let errno) = reading {
      // What came with the last bytes may already have ended this connection; then this changes nothing.
      disconnect()
      actions += session.ended(errno: errno)
    }
    perform(actions)
  }

  private func flush() {
    connection?.flush()
    guard let descriptor = connection?.descriptor, let wants = connection?.hasUnsent, wants != writesWatched
    else { return }
    EventLoop.shared.change(descriptor, to: wants ? [.read, .write] : .read)
    writesWatched = wants
  }
}
