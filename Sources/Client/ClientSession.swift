import Base
public import FoundationEssentials
public import Wire

/// Everything a client of companiond knows and decides, without a socket, a clock or a thread.
///
/// A driver tells it what happened (`connected`, `received`, `ended`, `connectFailed`) and what is wanted (`call`, `subscribe`),
/// and carries out the actions that come back, in their order. It implements the contract's way of surviving a restart:
/// connect again with growing pauses, greet, restore subscriptions and streams from where they stood, ask what changed when that
/// is not possible, and send again those calls that may be sent twice.
///
/// What it holds is bounded: one line being assembled, the downloads that the caller asked for, and what the caller itself put
/// in. It hands on every event at once and keeps none.
public struct ClientSession: Sendable {
  public enum Action: Sendable {
    /// Open a connection after this pause; then say `connected` or `connectFailed`.
    case connect(after: Duration)
    case send(Data)
    /// Close the connection, unsent bytes and all; no `ended` is expected for it.
    case disconnect
    /// A call is answered, exactly once.
    case reply(CallToken, Result<Reply, ClientError>)
    case news(News)
  }

  public enum Phase: Hashable, Sendable {
    /// Not started.
    case idle
    /// A `.connect` is with the driver.
    case connecting
    /// Connected; the reply to `hello` is awaited.
    case greeting
    case ready
    /// The end, for whatever reason.
    case closed
  }

  public internal(set) var phase = Phase.idle
  /// What the daemon said of itself on the last connection.
  public internal(set) var greeting: Hello.Result?

  let options: ClientOptions
  var calls: [Int64: OpenCall] = [:]
  var nextNumber: Int64 = 1
  var splitter: LineSplitter
  /// Distinguishes lines of this connection from those behind a line that ended it.
  var connection = 0
  /// Attempts since things last went well; the pause before the next follows from it.
  var attempt = 0
  /// The daemon has said that it will close; nothing new is sent on this connection.
  var closing: ServerClosing.Params?
  var lastFailure: ClientError = .closed
  /// Ids whose callers no longer wait; their replies are dropped in silence.
  var abandoned: Set<Int64> = []
  var feed = EventFeed()
  var streams = StreamFeed()

  public init(options: ClientOptions) {
    self.options = options
    splitter = LineSplitter(limit: options.maxLineBytes)
  }

  /// Calls whose reply has not been delivered, bookkeeping left out.
  public var openCalls: Int { calls.values.count { $0.purpose == .user } }

  // MARK: The connection, as the driver sees it

  /// Begins. Calls and subscriptions may be asked for before.
  public mutating func start() -> [Action] {
    guard phase == .idle else { return [] }
    phase = .connecting
    attempt = 1
    return [.connect(after: .zero)]
  }

  /// There is a connection.
  public mutating func connected() -> [Action] {
    guard phase == .connecting else { return [] }
    phase = .greeting
    connection += 1
    // A daemon met on its way out is left for its successor at once, as on any later loss; but only this one time.
    if connection == 1, attempt == 1 { attempt = 0 }
    closing = nil
    splitter = LineSplitter(limit: options.maxLineBytes)
    var actions: [Action] = []
    let hello = Hello.Params(
      client: Hello.Client(name: options.name, version: options.version), protocol: 1)
    sendInternal(Hello.self, hello, as: .hello, &actions)
    return actions
  }

  /// There could be none.
  public mutating func connectFailed(_ failure: ConnectFailure) -> [Action] {
    guard phase == .connecting else { return [] }
    lastFailure = .unreachable(failure)
    var actions: [Action] = []
    let waits = greeting != nil || options.reconnect.fromTheStart || failure.isCrowded
    if waits, failure.isTransient {
      scheduleConnect(&actions)
    } else {
      close(lastFailure, &actions)
    }
    return actions
  }

  /// The connection ended: end of file, or an error of the system.
  public mutating func ended(errno: Int32? = nil) -> [Action] {
    guard phase == .greeting || phase == .ready else { return [] }
    var actions: [Action] = []
    lose(ConnectionLoss(closing: closing, errno: errno), &actions)
    return actions
  }

  /// Bytes came, in whatever pieces.
  public mutating func received(_ bytes: borrowing Span<UInt8>) -> [Action] {
    guard phase == .greeting || phase == .ready else { return [] }
    var actions: [Action] = []
    let current = connection
    // Taken out for the time of the call, because the lines' consequences need the whole session.
    var splitter = splitter
    self.splitter = LineSplitter(limit: options.maxLineBytes)
    splitter.feed(bytes) { line in
      if isOpen(current) { take(line, &actions) }
    } tooLong: {
      if isOpen(current) { fail(.lineTooLong(limit: options.maxLineBytes), &actions) }
    }
    if isOpen(current) { self.splitter = splitter }
    return actions
  }

  /// Ends for good: calls still open fail with `.closed`.
  public mutating func close() -> [Action] {
    guard phase != .closed else { return [] }
    var actions: [Action] = []
    close(.closed, &actions)
    return actions
  }

  // MARK: Calls

  /// Makes a call; its reply comes as an action with this token. Before there is a connection it waits for one.
  public mutating func call(_ request: CallRequest) -> (CallToken, [Action]) {
    let number = takeNumber()
    var actions: [Action] = []
    guard phase != .closed else {
      return (CallToken(number: number), [.reply(CallToken(number: number), .failure(lastFailure))])
    }
    calls[number] = OpenCall(request, key: { options.random.key() })
    if phase == .ready { transmit(number, &actions) }
    return (CallToken(number: number), actions)
  }

  /// Takes a call back. Its reply still comes: an error `cancelled`, or what it did when it was too late.
  public mutating func cancel(_ token: CallToken) -> [Action] {
    guard let call = calls[token.number] else { return [] }
    var actions: [Action] = []
    if call.isSent {
      if phase == .ready {
        sendInternal(CallCancel.self, CallCancel.Params(id: .number(token.number)), as: .aside, &actions)
      }
    } else {
      let cancelled = RPCError(.cancelled, reason: "cancelled", "The call was cancelled before it was sent.")
      finish(token.number, .failure(.daemon(cancelled)), &actions)
    }
    return actions
  }

  /// Stops waiting for a call, whose reply is not delivered any more, and asks the daemon to stop working on it.
  public mutating func abandon(_ token: CallToken) -> [Action] {
    guard let call = calls[token.number] else { return [] }
    let actions = call.isSent ? cancel(token) : []
    calls[token.number] = nil
    if call.isSent, call.assembly == nil { abandoned.insert(token.number) }
    return actions
  }

  // MARK: Subscriptions

  /// Asks to be told of events, now and after every reconnection.
  public mutating func subscribe(_ interest: Interest) -> (SubscriptionToken, [Action]) {
    let token = SubscriptionToken(number: takeNumber())
    var actions: [Action] = []
    feed.kept.append(EventFeed.Kept(token: token, interest: interest))
    if phase == .ready { restore(feed.kept.count - 1, &actions) }
    return (token, actions)
  }

  public mutating func unsubscribe(_ token: SubscriptionToken) -> [Action] {
    guard let index = feed.kept.firstIndex(where: { $0.token == token }) else { return [] }
    var actions: [Action] = []
    let kept = feed.kept.remove(at: index)
    if phase == .ready, let name = kept.name {
      sendInternal(
        EventsUnsubscribe.self, EventsUnsubscribe.Params(subscription: name), as: .aside, &actions)
    }
    return actions
  }

  // MARK: What the extensions share

  func isOpen(_ connection: Int) -> Bool {
    connection == self.connection && (phase == .greeting || phase == .ready)
  }

  mutating func takeNumber() -> Int64 {
    defer { nextNumber += 1 }
    return nextNumber
  }
}

/// A call between asking and answering.
struct OpenCall: Sendable {
  enum Purpose: Hashable, Sendable {
    case user
    case hello
    case subscribe(SubscriptionToken)
    case sync
    case follow(ULID)
    case attach(ULID)
    /// The next piece of the result of another call.
    case piece(of: Int64)
    /// Bookkeeping whose outcome changes nothing (`call.cancel`, `events.unsubscribe`).
    case aside
  }

  let method: String
  let params: Data?
  let purpose: Purpose
  let mayRepeat: Bool
  let followsDownloads: Bool
  var isSent = false
  var sendings = 0
  var assembly: DownloadAssembly?

  init(_ request: CallRequest, key: () -> String) {
    method = request.method
    purpose = .user
    followsDownloads = request.followsDownloads
    if request.takesKey, !request.hasKey, request.repeats {
      params = request.params(withKey: key())
      mayRepeat = true
    } else {
      params = request.params
      mayRepeat = request.repeats && (request.onlyReads || request.hasKey)
    }
  }

  init(method: String, params: Data?, purpose: Purpose) {
    self.method = method
    self.params = params
    self.purpose = purpose
    mayRepeat = false
    followsDownloads = false
  }
}
