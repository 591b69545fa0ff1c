import Base
import Model
import Providers
import Store

/// One reply on its way: what is heard of the provider becomes the log, and the log becomes a message.
///
/// Nothing of the answer is shown or stored before the commit of the person's line stands: what comes earlier is held. A crash takes
/// at most what 200 ms carried, and at most what the leash allows. Lives until its last commit, whoever listens.
@Loop
final class RunningTurn {
  /// Half of what is promised; the other half is for the writer's queue and the commit.
  static let checkpointDelay = Duration.milliseconds(100)

  private(set) var turn: Turn
  let owner: Owner
  let chat: ULID
  /// The person's line, known once it is stored.
  var parent: ULID?
  let log: StreamLog

  private enum Stage {
    /// The person's line is on its way to the disk.
    case committing
    case responding
    case saving
    case over
  }
  private var stage = Stage.committing
  private var held: [ReplyEvent] = []
  private var handle: (any ReplyHandle)?
  private var ending: (finish: Model.Finish, error: TurnError?)?
  private var leash: Leash
  private var checkpointTimer: Task<Void, Never>?
  private let stopwatch: Stopwatch
  private var firstToken: Duration?
  private let seams: TurnSeams
  private let stored = Latch()
  private var filter: NamePrefixFilter
  /// The message as it was stored, once it was.
  private(set) var reply: Message?
  /// Called when the lock may go.
  var onEnd: (@Loop (RunningTurn) -> Void)?

  init(
    _ turn: Turn, owner: Owner, chat: ULID, name: String, seams: TurnSeams
  ) {
    self.turn = turn
    self.owner = owner
    self.chat = chat
    self.seams = seams
    log = StreamLog(turn: turn.id)
    leash = Leash(stored: log.next(of: .text))
    stopwatch = Stopwatch(seams.clock)
    filter = NamePrefixFilter(name: name)
  }

  var source: StreamSource { StreamSource(turn: turn, log: log, parent: parent, reply: reply) }

  // MARK: Going

  /// The request leaves while the commit is in flight.
  func ask(_ request: ChatRequest, model: String, pool: ProviderPool) {
    handle = pool.start(request, model: model, place: QueuePlace(owner: owner.uid)) { [self] event in
      hear(event)
    }
  }

  /// The person's line stands: what was held is let through.
  func committed(message: Message) {
    guard stage == .committing else { return }
    stage = .responding
    move(to: .responding)
    seams.publish(Event(owner: owner, .streamBegan(turn, parent: parent, message: message)))
    let events = held
    held = []
    for event in events { hear(event) }
  }

  /// It does not stand: nothing of the answer is ever shown.
  func abandon() {
    stage = .over
    handle?.cancel()
    handle = nil
    held = []
    stored.open()
  }

  func cancel() {
    guard stage == .committing || stage == .responding else { return }
    if let handle { handle.cancel() } else { hear(.finish(.init(.cancelled))) }
  }

  /// As a crash would, but with the text stored to its last byte.
  func interrupt() {
    guard stage == .committing || stage == .responding else { return }
    let asked = handle
    handle = nil
    hear(.finish(.init(.interrupted)))
    asked?.cancel()
  }

  private func hear(_ event: ReplyEvent) {
    switch stage {
    case .over, .saving: return
    case .responding where ending != nil: return
    case .committing:
      held.append(event)
      return
    case .responding: break
    }
    switch event {
    case .waiting, .notice: break
    case .started(let model): turn.model = model
    case .reasoning(let piece):
      log.append(piece, to: .reasoning)
      seams.grew(turn.id)
    case .text(let piece): show(filter.pass(piece))
    case .usage(let usage):
      turn.usage = Usage(
        promptTokens: usage.prompt, completionTokens: usage.completion, cachedTokens: usage.cached,
        estimated: false)
    case .finish(let finish):
      show(filter.flush())
      end(Model.Finish(rawValue: finish.reason.rawValue) ?? .error, error: nil)
    case .failure(let error):
      show(filter.flush())
      let data = error.data.merging(["reason": .string(error.reason), "retryable": .bool(error.retryable)]) {
        $1
      }
      end(.error, error: TurnError(code: error.code, message: error.description, data: data))
    }
  }

  private func show(_ text: String) {
    leash.add(text)
    showMore()
  }

  private func showMore() {
    let text = leash.take(shown: log.next(of: .text))
    guard !text.isEmpty else { return }
    if firstToken == nil { firstToken = stopwatch.elapsed() }
    log.append(text, to: .text)
    turn.next = Int64(log.next(of: .text))
    seams.grew(turn.id)
    if log.next(of: .text) - leash.handed >= Leash.handOver {
      checkpoint()
    } else if checkpointTimer == nil {
      let clock = seams.clock
      checkpointTimer = Task { @Loop in
        guard (try? await clock.sleep(for: Self.checkpointDelay)) != nil else { return }
        self.checkpointTimer = nil
        self.checkpoint()
      }
    }
  }

  // MARK: Storing

  /// Only the newest matters: a checkpoint that fails is made good by the next, and the last commit holds everything.
  private func checkpoint() {
    let shown = log.next(of: .text)
    guard stage == .responding, shown > leash.handed else { return }
    checkpointTimer?.cancel()
    checkpointTimer = nil
    leash.hand(over: shown)
    seams.checkpoint(self, log.whole(.text)) { [weak self] in self?.settled(upTo: shown) }
  }

  private func settled(upTo shown: Int) {
    guard stage == .responding else { return }
    leash.settled(upTo: shown)
    showMore()
    if let ending, leash.isEmpty { end(ending.finish, error: ending.error) }
  }

  private func end(_ finish: Model.Finish, error: TurnError?) {
    guard leash.isEmpty else {
      // The rest is shown as the disk takes it; then this is the end.
      ending = (finish, error)
      handle = nil
      return
    }
    handle = nil
    checkpointTimer?.cancel()
    checkpointTimer = nil
    stage = .saving
    log.close()
    turn.finish = finish
    turn.error = error
    turn.timing = Timing(
      queuedMs: 0, firstTokenMs: firstToken?.wholeMilliseconds, totalMs: stopwatch.elapsed().wholeMilliseconds
    )
    turn.endedAt = seams.wallClock.now()
    move(to: .saving)
    Task { @Loop in await self.save() }
  }

  /// The commit is tried until it stands: text that was streamed is not given up while the daemon lives.
  private func save() async {
    var pause = Duration.milliseconds(250)
    let phase: Turn.Phase =
      switch turn.finish {
      case .cancelled: .cancelled
      case .error where log.next(of: .text) == 0: .failed
      default: .done
      }
    while true {
      do throws(EngineError) {
        reply = try await seams.save(self, phase)
        break
      } catch {
        seams.log.error("A reply cannot be stored yet.", ["turn": turn.id, "error": "\(error)"])
        try? await seams.clock.sleep(for: pause)
        pause = min(pause * 2, .seconds(10))
      }
    }
    stage = .over
    turn.phase = phase
    onEnd?(self)
    seams.publish(Event(owner: owner, .streamEnded(turn, reply: reply)))
    seams.publish(Event(owner: owner, .turnEnded(turn)))
    stored.open()
  }

  private func move(to phase: Turn.Phase) {
    turn.phase = phase
    seams.publish(Event(owner: owner, .turnPhase(turn)))
  }

  // MARK: Waiting for it

  /// Returns when the reply is stored, or will never be.
  func replyStored() async { await stored.wait() }
}
