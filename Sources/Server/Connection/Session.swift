import Base
import Model
import Posix
import Wire

/// One connection: bytes in, calls started in order, replies and notifications out.
///
/// Split by verb: this file owns the state and its life, `Session+Reading` takes lines in, `Session+Calls` starts and ends calls,
/// `Session+Writing` empties the outbox. All of it on the loop and synchronous; only handlers wait.
@Loop
final class Session {
  let number: UInt64
  let identity: Identity
  /// Strong, as is the loop's hold of this session: both end with `close()`. A weak or unowned reference would make every retain
  /// of what it points to take the slow way (a third of a pipelined ping, measured).
  let server: Server
  let socket: PeerSocket
  let ring: EventRing
  let account: OwnerAccount

  // MARK: Reading
  var splitter: LineSplitter
  var waiting = WaitingLines()
  /// Requests that have no reply yet, waiting ones included; not those that are answered before the next line is looked at.
  var inFlight: Set<RequestID> = []
  var isReading = true
  /// The peer will send nothing more (half-close).
  var inputEnded = false

  // MARK: Calls
  /// Started and unanswered, by number; their notifications wait for their replies.
  var running: [UInt64: Call] = [:]
  /// How many of those are tasks: the limit on running calls counts these.
  var runningTasks = 0
  /// What the parameters of those may hold.
  var callBytes = 0
  /// Answered as cancelled while their handlers have not come back: they keep their places, and know this session until it ends.
  var takenBack: [UInt64: Call] = [:]
  var isStartingWaiting = false

  /// Replies that wait for the rest of their batches.
  var batchBytes = 0

  // MARK: Writing
  var outbox = Outbox()
  var events = EventCursor()
  var nextSubscription = 1
  private var charge: Charge
  var isDirty = false
  private(set) var isOpen = true
  /// Said goodbye: nothing more is read, and the connection ends once the outbox is empty.
  var isClosing = false

  init(
    number: UInt64, socket: consuming FileDescriptor, identity: Identity, account: OwnerAccount,
    server: Server
  ) {
    self.number = number
    self.identity = identity
    self.server = server
    self.socket = PeerSocket(socket)
    self.account = account
    ring = server.hub.ring(of: identity.owner)
    splitter = LineSplitter(limit: server.limits.maxLineBytes)
    charge = Charge(account)
    account.connections += 1
    EventLoop.shared.watch(self.socket.raw, for: .read) { readiness in self.ready(readiness) }
  }

  private func ready(_ readiness: EventLoop.Readiness) {
    if readiness.contains(.write) { flush() }
    if isOpen, isReading, readiness.contains(.read) { read() }
    if isOpen, !readiness.isDisjoint(with: [.hangUp, .error]) { hungUp() }
    if isOpen { settle() }
  }

  /// What epoll is asked for follows from the state; called after anything that may have changed it.
  func settle() {
    guard isOpen else { return }
    charge.set(heldBytes)
    let wantsRead = !inputEnded && !isClosing && hasRoom
    if wantsRead != isReading || outbox.isBlocked != isWatchingWrites {
      isReading = wantsRead
      isWatchingWrites = outbox.isBlocked
      var readiness: EventLoop.Readiness = []
      if isReading { readiness.insert(.read) }
      if isWatchingWrites { readiness.insert(.write) }
      EventLoop.shared.change(socket.raw, to: readiness)
    }
    closeIfNothingMoreCanCome()
  }
  private var isWatchingWrites = false

  /// Everything this peer makes us hold.
  var heldBytes: Int {
    splitter.heldBytes + waiting.bytes + callBytes + outbox.unread + batchBytes + events.keptBytes
  }

  /// What may lie unread here: less when all of the owner's connections together hold too much, and then each still has its
  /// window, so that none stands still for the others.
  var unreadLimit: Int { share(of: server.limits.maxUnreadBytes) }

  var waitingLimit: Int { share(of: server.limits.maxWaitingBytes) }

  private func share(of limit: Int) -> Int {
    account.isExhausted ? min(server.limits.cursorWindowBytes, limit) : limit
  }

  /// Reading stops at the limit and goes on when half is gone, so that it does not stop and start for every line.
  private var hasRoom: Bool {
    let part = isReading ? 1 : 2
    return waiting.bytes < waitingLimit / part && outbox.unread + batchBytes < unreadLimit / part
  }

  /// After a half-close the daemon writes on until nothing more can come.
  private func closeIfNothingMoreCanCome() {
    if isClosing, outbox.isEmpty {
      close()
    } else if inputEnded, running.isEmpty, waiting.isEmpty, outbox.isEmpty, events.isEmpty {
      close()
    }
  }

  /// Both directions are closed: what had been sent is still read, so that a peer that wrote and left is not half-heard; then it ends.
  /// Calls above the limit of running ones, which wait for their places, are lost with it.
  private func hungUp() {
    if !inputEnded, isReading { read() }
    if isOpen { close() }
  }

  func close() {
    guard isOpen else { return }
    isOpen = false
    EventLoop.shared.unwatch(socket.raw)
    socket.close()
    charge.set(0)
    account.connections -= 1
    dropAllStreams()
    // Their handlers may wait long yet; they are to keep nothing of ours.
    for call in running.values { call.session = nil }
    for call in takenBack.values { call.session = nil }
    (running, takenBack) = ([:], [:])
    server.sessionEnded(self)
  }

  /// Says why, and ends once that is written. Calls that run go on without us.
  func sayGoodbye(_ reason: ServerClosing.Reason, retryMs: Int64? = nil) {
    guard isOpen, !isClosing else { return }
    if let line = try? MessageLine.notification(ServerClosing.self, .init(reason: reason, retryMs: retryMs)) {
      outbox.append(line)
    }
    isClosing = true
    waiting = WaitingLines()
    flush()
    settle()
  }
}
