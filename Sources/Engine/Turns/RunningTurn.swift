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
  /// As it was when the turn began.
  private(set) var chat: Chat
  /// What the reply stands under; nil for an opening.
  let parent: ULID?
  /// The last message of the branch that the model is told.
  let told: ULID?
  let log: StreamLog
  /// The parts among which the text stands, when a message is gone on with.
  let parts: [Part]
  /// What macros have set, to be kept with the reply.
  let variables: [String: String]?
  /// Whether the text goes on in a message that is there.
  let isInPlace: Bool

  private enum Stage {
    /// Others of the same call come first.
    case queued
    /// What was asked is on its way to the disk.
    case committing
    case responding
    case saving
    case over
  }
  private var stage: Stage
  private var held: [ReplyEvent] = []
  private var handle: (any ReplyHandle)?
  private var ending: (finish: Model.Finish, error: TurnError?)?
  private var leash: Leash
  /// What the model was told, for who asks about the reply afterwards.
  private(set) var asked: ChatRequest?
  /// How the scene is read then.
  var rule: AnalysisRule? { seams.analysing }
  /// How to ask again, once: for a reply that had no room for a single word.
  private var again: (@Loop () -> (any ReplyHandle)?)?
  /// What that first one cost.
  private var earlierUsage: Usage?
  /// What so many bytes of reply cost, where the provider does not count.
  private var estimate: (@Loop (_ bytes: Int) -> Usage)?
  private var checkpointTimer: Task<Void, Never>?
  private let stopwatch: Stopwatch
  private var firstToken: Duration?
  private let seams: TurnSeams
  private let stored = Latch()
  private var guards: ReplyGuards
  private var join: ContinuedText?
  private var isDelayed = false
  private var queued = Duration.zero
  /// The message as it was stored, once it was.
  private(set) var reply: Message?
  /// Called when the lock may go.
  var onEnd: (@Loop (RunningTurn) -> Void)?

  /// `isFirst` is false for a turn that waits for others of its call.
  init(_ turn: Turn, _ plan: TurnPlan, _ reply: TurnPlan.Reply, owner: Owner, isFirst: Bool, seams: TurnSeams)
  {
    self.turn = turn
    self.owner = owner
    self.seams = seams
    chat = reply.context.chat
    parent = reply.order.parent
    told = reply.context.leaf
    parts = reply.parts
    variables = reply.variables
    isInPlace = reply.inPlace != nil
    stage = isFirst ? .committing : .queued
    log = StreamLog(turn: turn.id, continuing: reply.base)
    leash = Leash(stored: log.base)
    join = reply.base.isEmpty ? nil : ContinuedText(after: reply.base)
    stopwatch = Stopwatch(seams.clock)
    guards = ReplyGuards(reply.context, asked: reply.asked, after: reply.base)
  }

  var source: StreamSource {
    StreamSource(turn: turn, log: log, chat: chat, parent: parent, reply: reply)
  }

  /// Whether there is text that was not there before.
  var hasWritten: Bool { log.next(of: .text) > log.base }
  var isQueued: Bool { stage == .queued }

  /// For the log, with the turn's id and its call's number.
  func note(_ what: String, _ fields: Log.Fields) { seams.log.info(what, fields) }

  // MARK: Going

  /// The request leaves while the commit is in flight.
  func ask(_ request: ChatRequest, model: String, pool: ProviderPool) {
    let bytesAsked = request.textBytes
    estimate = { bytes in
      Usage(
        promptTokens: pool.tokens(in: bytesAsked, model: model),
        completionTokens: pool.tokens(in: bytes, model: model), estimated: true)
    }
    var request = request
    request.turn = turn.id
    self.asked = request
    let place = QueuePlace(owner: owner.uid)
    again = { [weak self, request] in
      guard let tokens = request.maxTokens else { return nil }
      var longer = request
      longer.maxTokens = tokens * 2
      return pool.start(longer, model: model, place: place) { [weak self] event in self?.hear(event) }
    }
    handle = pool.start(request, model: model, place: place) { [self] event in hear(event) }
  }

  /// All of the length went into what is not shown, a thought as a rule: the same is asked for once more with twice the room. False
  /// when there is text, or when that has been done.
  private func askWithDouble() -> Bool {
    guard !hasWritten, leash.isEmpty, guards.isEmpty, let again, let asked = again()
    else { return false }
    note("A reply had no room for a word, and is asked for with twice as much.", ["model": turn.model])
    self.again = nil
    earlierUsage = turn.usage
    handle = asked
    return true
  }

  /// Its place among others of its call has come.
  func leaveQueue() {
    guard stage == .queued else { return }
    stage = .committing
    queued = stopwatch.elapsed()
  }

  /// What was asked stands: what was held is let through. `cause` is the person's line that is answered.
  func committed(in chat: Chat, cause: Message?) {
    guard stage == .committing else { return }
    stage = .responding
    self.chat = chat
    move(to: .responding)
    seams.publish(Event(owner: owner, .streamBegan(turn, in: chat, parent: parent, message: cause)))
    let events = held
    held = []
    for event in events { hear(event) }
  }

  /// It does not stand: nothing of the answer is ever shown.
  func abandon() {
    stage = .over
    handle?.cancel()
    (handle, again) = (nil, nil)
    held = []
    stored.open()
  }

  func cancel() {
    switch stage {
    case .queued: end(.cancelled, error: nil)
    case .committing, .responding:
      if let handle { handle.cancel() } else { hear(.finish(.init(.cancelled))) }
    case .saving, .over: break
    }
  }

  /// One that waits behind a turn that failed has nobody to ask either.
  func fail(like other: TurnError) {
    if stage == .queued { end(.error, error: other) }
  }

  /// As a crash would, but with the text stored to its last byte.
  func interrupt() {
    switch stage {
    case .queued: end(.interrupted, error: nil)
    case .committing, .responding:
      let asked = handle
      handle = nil
      hear(.finish(.init(.interrupted)))
      asked?.cancel()
    case .saving, .over: break
    }
  }

  private func hear(_ event: ReplyEvent) {
    switch stage {
    case .over, .saving, .queued: return
    case .responding where ending != nil: return
    case .committing:
      held.append(event)
      return
    case .responding: break
    }
    switch event {
    case .notice: break
    case .waiting(let why): wait(why)
    case .started(let model):
      if ModelNameRule.allows(model) { turn.model = model }
      goOn()
    case .reasoning(let piece):
      log.append(piece, to: .reasoning)
      seams.grew(turn.id)
    case .text(let piece):
      show(guards.pass(piece))
      if let ending = guards.ending { stop(ending) }
    case .usage(let usage):
      turn.usage = Usage(
        promptTokens: usage.prompt, completionTokens: usage.completion, cachedTokens: usage.cached,
        estimated: false
      ).with(earlierUsage)
    case .finish(let finish):
      if finish.reason == .length, askWithDouble() { return }
      showRest()
      end(Model.Finish(rawValue: finish.reason.rawValue) ?? .error, error: nil)
    case .failure(let error):
      showRest()
      let data = error.data.merging(["reason": .string(error.reason), "retryable": .bool(error.retryable)]) {
        $1
      }
      end(.error, error: TurnError(code: error.code, message: error.description, data: data))
    }
  }

  /// The reply is whole without what would come now, and the rest is not waited for.
  private func stop(_ ending: ReplyGuards.Ending) {
    note("A guard ended a reply.", ["guard": ending.rawValue, "bytes": log.next(of: .text)])
    let asked = handle
    end(ending == .length ? .length : .stop, error: nil)
    asked?.stop()
  }

  private func showRest() { show(guards.flush()) }

  /// The provider has no answer yet, and says why.
  private func wait(_ why: Waiting) {
    isDelayed = true
    switch why {
    case .queued: move(to: .queued)
    case .retrying(_, _, let error): move(to: .preparing, detail: error.reason)
    case .loading: move(to: .preparing, detail: "loading")
    }
  }

  private func goOn() {
    guard isDelayed else { return }
    isDelayed = false
    if turn.phase == .queued { queued = stopwatch.elapsed() }
    move(to: .responding)
  }

  private func show(_ piece: String) {
    guard !piece.isEmpty else { return }
    goOn()
    leash.add(join?.joined(piece) ?? piece)
    join = nil
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
      checkpointTimer = seams.begin {
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
    again = nil
    checkpointTimer?.cancel()
    checkpointTimer = nil
    stage = .saving
    log.close()
    turn.finish = finish
    turn.error = error
    let written = log.next(of: .text) - log.base
    if turn.usage == nil, written > 0 { turn.usage = estimate?(written) }
    turn.timing = Timing(
      queuedMs: queued.wholeMilliseconds, firstTokenMs: firstToken?.wholeMilliseconds,
      totalMs: stopwatch.elapsed().wholeMilliseconds
    )
    turn.endedAt = seams.wallClock.now()
    move(to: .saving)
    _ = seams.begin { await self.save() }
  }

  /// A full or failing disk is tried until it takes the reply: text that was streamed is not given up while the daemon lives. What no
  /// later try can mend ends the turn, so that the chat is not locked for ever.
  private func save() async {
    var pause = Duration.milliseconds(250)
    var phase: Turn.Phase =
      switch turn.finish {
      case .cancelled: .cancelled
      case .error where !hasWritten, .interrupted where !hasWritten: .failed
      default: .done
      }
    var isTold = false
    while true {
      do throws(EngineError) {
        let saved = try await seams.save(self, phase)
        (reply, phase) = (saved.message, saved.phase)
        break
      } catch {
        guard let delay = error.delay else {
          phase = .failed
          await giveUp(error)
          break
        }
        seams.log.error("A reply cannot be stored yet.", ["turn": turn.id, "error": "\(error)"])
        if !isTold { move(to: .saving, detail: delay) }
        isTold = true
        try? await seams.clock.sleep(for: pause)
        pause = min(pause * 2, .seconds(10))
      }
    }
    stage = .over
    turn.phase = phase
    // Told before the lock is given on: the next of the same call begins at once, and must not begin before this ends. Whoever hears
    // of it does so after this turn of the loop, when the lock is free.
    seams.publish(Event(owner: owner, .streamEnded(turn, reply: reply)))
    seams.publish(Event(owner: owner, phase.isOver ? .turnEnded(turn) : .turnPhase(turn)))
    onEnd?(self)
    stored.open()
  }

  private func giveUp(_ error: EngineError) async {
    seams.log.fault("A reply cannot be stored at all.", ["turn": turn.id, "error": "\(error)"])
    turn.finish = .error
    turn.error = TurnError(
      code: 15, message: "The reply could not be stored; only what was stored of it while it came is kept.",
      data: ["reason": "storage_failed", "retryable": true])
    turn.phase = .failed
    await seams.giveUp(self)
  }

  private func move(to phase: Turn.Phase, detail: String? = nil) {
    turn.phase = phase
    seams.publish(Event(owner: owner, .turnPhase(turn, detail: detail)))
  }

  // MARK: Waiting for it

  /// Returns when the reply is stored, or will never be.
  func replyStored() async { await stored.wait() }
}
