package import Base
import Engine
import Model
package import Posix
package import Wire

/// Everything the sockets need: connections, the hub, the routes, and the rooms that handlers reach.
///
/// Made by the composition root and driven by the loop. Tests make one with routes of their own.
@Loop
package final class Server {
  package let limits: Limits
  package let hub: Hub
  package let services: Services?
  package let log: Log
  package let metrics: Base.Metrics
  let routes: RouteTable
  let downloads: Downloads
  /// Companions, chats and turns; a server for other things has none.
  let doors: Doors?
  let scratch = ScratchBuffer()
  let calls: Counter
  let refusedByLock: Counter

  private let admission: Admission
  private var sessions: [UInt64: Session] = [:]
  /// The same in the order they came, made when events are served: made one after another they lie so in memory too, and
  /// a thousand of them are gone through a tenth faster than by their hashes. nil when somebody has come or gone.
  private var sessionsInOrder: [Session]?
  private var accounts: [Owner: OwnerAccount] = [:]
  private var lastSession: UInt64 = 0
  private var lastCall: UInt64 = 0
  private var dirty: [Session] = []
  /// The array that `dirty` takes turns with, so that neither is made anew for every turn of the loop.
  private var flushing: [Session] = []
  private var news: [Owner: News] = [:]
  /// Connections with a cursor into a log that has grown.
  private var sessionsWithMore: Set<UInt64> = []
  private var endOfTurnIsDue = false
  private let connections: Gauge

  /// New calls are answered `stopping`; those that run may end.
  package private(set) var isStopping = false
  /// Called when a connection ended or a call finished: the composition root looks whether all is idle.
  package var onQuiet: (@Loop () -> Void)?

  /// `services` is what the daemon's own handlers reach; a server with other routes has none.
  package init(
    routes: [Route], admission: Admission, services: Services?, hub: Hub, limits: Limits,
    metrics: Base.Metrics,
    log: Log, doors: Doors? = nil
  ) {
    self.limits = limits
    self.routes = RouteTable(routes)
    self.admission = admission
    self.services = services
    self.hub = hub
    self.metrics = metrics
    self.log = log
    downloads = Downloads(limits: limits)
    calls = metrics.counter("companion_calls", "Calls started.")
    refusedByLock = metrics.counter(
      "companion_busy_calls",
      "Calls that found their chat's lock taken. Nobody waits for a lock: they are told who has it.")
    connections = metrics.gauge("companion_connections", "Open connections.")
    self.doors = doors
    // The hub tells nobody after its server is gone; unowned rather than weak, which would slow down every use of the server.
    hub.onEvent = { [unowned self] owner, chat in serveAtEndOfTurn(owner, chat) }
    doors?.turns.onGrowth = { [unowned self] turn in serveListeners(of: turn) }
  }

  // MARK: Connections

  package var connectionCount: Int { sessions.count }
  package var runningCalls: Int { sessions.values.reduce(0) { $0 + $1.runningTasks } }
  package var subscriptionCount: Int { sessions.values.reduce(0) { $0 + $1.events.count } }
  /// Bytes all connections make us hold.
  package var heldBytes: Int { accounts.values.reduce(0) { $0 + $1.heldBytes } }

  /// Takes over a connected socket, or says why not and closes it.
  package func admit(_ socket: consuming FileDescriptor) {
    let peer: PeerCredentials
    do {
      peer = try UnixSocket.peer(of: socket.raw)
    } catch {
      log.warning("A connection came without credentials and was closed.", ["error": error])
      return
    }
    admit(socket, from: peer)
  }

  /// The same for a peer that is known already.
  package func admit(_ socket: consuming FileDescriptor, from peer: PeerCredentials) {
    let ofOwner = accounts[Owner(uid: peer.uid)]?.connections ?? 0
    switch admission.judge(
      peer, connections: sessions.count, ofOwner: ofOwner, isStopping: isStopping)
    {
    case .refused(let reason, let logLine):
      if let logLine { log.warning(logLine) }
      let line = try? MessageLine.notification(
        ServerClosing.self, .init(reason: reason, retryMs: reason == .forbidden ? nil : 1000))
      if let line { _ = socket.send(line.span) }
    case .admitted(let identity):
      lastSession += 1
      let session = Session(
        number: lastSession, socket: socket, identity: identity, account: account(of: identity.owner),
        server: self)
      sessions[session.number] = session
      sessionsInOrder = nil
      connections.set(sessions.count)
      log.debug("A connection was opened.", ["session": session.number, "uid": peer.uid, "pid": peer.pid])
    }
  }

  func sessionEnded(_ session: Session) {
    sessions[session.number] = nil
    sessionsInOrder = nil
    connections.set(sessions.count)
    let owner = session.identity.owner
    if let account = accounts[owner], account.connections == 0 { accounts[owner] = nil }
    log.debug("A connection ended.", ["session": session.number])
    onQuiet?()
  }

  /// For a moment when there is nothing to do.
  package func releaseMemory() {
    hub.pack { accounts[$0] != nil }
    if dirty.isEmpty, flushing.isEmpty { (dirty, flushing) = ([], []) }
    sessionsInOrder = nil
  }

  private func account(of owner: Owner) -> OwnerAccount {
    if let account = accounts[owner] { return account }
    let account = OwnerAccount(owner: owner, limit: limits.maxOwnerBytes)
    accounts[owner] = account
    return account
  }

  // MARK: Calls

  func nextCall() -> UInt64 {
    lastCall += 1
    return lastCall
  }

  /// A handler is done. The connection may be gone: then nobody hears of it.
  func handlerEnded(_ call: Call, _ outcome: Route.Outcome, of route: Route) {
    call.session?.handlerEnded(call, outcome, of: route)
    onQuiet?()
  }

  /// Names a fault of ours, so that the log's line about it can be found from the error a client shows.
  func incident() -> String { "\(services?.boot.suffix(6) ?? "")-\(lastCall)" }

  // MARK: The end of a turn

  func flushAtEndOfTurn(_ session: Session) {
    dirty.append(session)
    scheduleEndOfTurn()
  }

  /// What has come into an owner's ring since its listeners were served.
  private struct News {
    let first: UInt64
    var last: UInt64
    /// Those the events are about.
    var chats: Set<ULID> = []
    /// Some are about no chat, and may concern anybody.
    var concernsAll = false

    init(_ seq: UInt64) { (first, last) = (seq, seq) }

    mutating func add(_ seq: UInt64, about chat: ULID?) {
      last = seq
      if let chat { chats.insert(chat) } else { concernsAll = true }
    }
  }

  /// Called after an event went into the owner's ring.
  private func serveAtEndOfTurn(_ owner: Owner, _ chat: ULID?) {
    let seq = hub.ring(of: owner).seq
    news[owner, default: News(seq)].add(seq, about: chat)
    scheduleEndOfTurn()
  }

  private func serveListeners(of turn: ULID) {
    guard let listeners = hub.streams.find(turn)?.listeners, !listeners.isEmpty else { return }
    sessionsWithMore.formUnion(listeners)
    scheduleEndOfTurn()
  }

  private func scheduleEndOfTurn() {
    guard !endOfTurnIsDue else { return }
    endOfTurnIsDue = true
    EventLoop.shared.beforeNextWait { self.endTurn() }
  }

  /// One write for all a connection got in this turn; events to everybody who listens.
  private func endTurn() {
    endOfTurnIsDue = false
    swap(&dirty, &flushing)
    for session in flushing {
      session.isDirty = false
      session.flush()
      session.settle()
    }
    flushing.removeAll(keepingCapacity: flushing.count <= 64)
    serveListeners()
    guard !news.isEmpty else { return }
    let unserved = news
    news = [:]
    let everybody = sessionsInOrder ?? sessions.values.sorted { $0.number < $1.number }
    sessionsInOrder = everybody
    // A daemon of one user has one owner, who is then not looked up for every session.
    let only = unserved.count == 1 ? unserved.first : nil
    for session in everybody where !session.events.isEmpty {
      let owner = session.identity.owner
      let found: News?
      if let only { found = only.key == owner ? only.value : nil } else { found = unserved[owner] }
      guard let news = found else { continue }
      if !news.concernsAll, session.events.pass(news.chats, from: news.first, to: news.last) { continue }
      session.serveEvents()
      session.settle()
    }
  }

  /// Those with a cursor into a log that grew in this turn.
  private func serveListeners() {
    guard !sessionsWithMore.isEmpty else { return }
    let more = sessionsWithMore
    sessionsWithMore = []
    for number in more {
      guard let session = sessions[number] else { continue }
      session.serveEvents()
      session.settle()
    }
  }

  // MARK: The end

  /// From now on new calls and connections are told to come back later.
  package func beginStopping() { isStopping = true }

  /// Says goodbye on every connection.
  package func closeAll(_ reason: ServerClosing.Reason, retryMs: Int64?) {
    for session in sessions.values { session.sayGoodbye(reason, retryMs: retryMs) }
  }

  /// Ends those that did not take their goodbye in time.
  package func abandonAll() {
    for session in sessions.values { session.close() }
  }
}
