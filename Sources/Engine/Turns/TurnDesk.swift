package import Base
package import Model
package import Providers
import Store

/// Generation: one piece at a time in a chat, owned by the daemon, whoever listens.
@Loop
package final class TurnDesk {
  private let surroundings: Engine.Surroundings
  let pool: ProviderPool
  let records: TurnRecords
  private let log: Log
  /// Shared with the desk that deletes.
  let locks = ChatLocks()
  private var active: [ULID: RunningTurn] = [:]
  /// Turns of one call that run one after another, by the one that runs.
  private var series: [ULID: TurnSeries] = [:]
  /// What follows replies.
  private(set) lazy var tails = TailDesk(
    surroundings, pool: pool, defaults: prompt.analysis,
    isGoneOn: { [weak self] message, owner in
      self?.active.values.contains { $0.owner == owner && $0.told == message } ?? false
    }, illustrate: { [weak self] turn, owner in self?.illustrations?.begin(turn, of: owner) })
  /// What draws what was said; set once, when the engine is put together.
  var pictures: PictureDesk?
  private(set) lazy var illustrations = pictures.map { Illustrations(surroundings, pictures: $0) }
  /// What is written beside the talk: turns as well, but none that writes a message.
  package private(set) lazy var writing = WritingDesk(
    surroundings, pool: pool, records: records,
    defaultModel: { [weak self] in self?.defaultModel ?? "offline" },
    fastModel: { [weak self] in self?.prompt.analysis.fastModel ?? "offline" })
  /// Personas in few words.
  private(set) lazy var roleplay = RoleplayDesk(surroundings, pool: pool) { [weak self] in
    guard let self else { return "offline" }
    return prompt.analysis.fastModel == "offline" ? defaultModel : prompt.analysis.fastModel
  }
  /// The daemon is going.
  private var isEnding = false
  /// The model where neither the call nor the chat names one.
  package var defaultModel: String
  /// What a reply is made with where nobody says otherwise.
  private(set) var prompt: PromptDefaults
  /// A turn's log has more.
  package var onGrowth: (@Loop (ULID) -> Void)?

  init(
    _ surroundings: Engine.Surroundings, pool: ProviderPool, defaultModel: String, prompt: PromptDefaults
  ) {
    self.surroundings = surroundings
    self.pool = pool
    self.defaultModel = defaultModel
    self.prompt = prompt
    records = TurnRecords(surroundings)
    log = Log(surroundings.log, component: "turns")
  }

  /// How many turns run, those among them of which only the tail does: a daemon with any is not idle.
  package var count: Int {
    active.count + tails.count + writing.count + roleplay.count + (illustrations?.count ?? 0)
  }
  /// How many replies are not stored to their last byte.
  package var replies: Int { active.count }

  package func take(_ defaults: PromptDefaults) {
    prompt = defaults
    tails.defaults = defaults.analysis
  }

  // MARK: Acts

  /// Stores what is written and begins what follows, in one commit; answers when that commit stands.
  ///
  /// The lock is taken before anything is read, so what is read stays true until the commit; the request leaves while the commit is in
  /// flight, and nothing of its answer is shown before the commit stands. Until then the lock is an edit's, so that `busy` never names
  /// a turn that is not there.
  package func perform(
    _ act: TurnAct, of owner: Owner, recording: Recording<Sent>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Sent> {
    if let model = act.model { try ModelNameRule.check(model, at: "model") }
    // What only writes looks for its key in its own transaction.
    if !act.onlyWrites, let recording, let known = try await surroundings.replay(recording, of: owner) {
      return known
    }
    if case .retry(let turn) = act, let running = active[turn], running.owner == owner {
      return .fresh(Sent(message: nil, turns: [running.turn]))
    }
    let chat = try await records.chat(for: act, of: owner)
    do throws(EngineError) {
      try await locks.take(chat, of: owner)
    } catch {
      // A repetition that came while the first call was under way finds what that one left.
      if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
      throw error
    }
    do throws(EngineError) {
      guard act.onlyWrites else { return try await begin(act, chat, owner, recording, origin) }
      let written = try await records.write(act, in: chat, owner: owner, recording, origin)
      locks.release(chat, of: owner)
      return written.recorded
    } catch {
      locks.release(chat, of: owner)
      throw error
    }
  }

  private func begin(
    _ act: TurnAct, _ chat: ULID, _ owner: Owner, _ recording: Recording<Sent>?, _ origin: Origin
  ) async throws(EngineError) -> Recorded<Sent> {
    var plan = try await records.plan(act, in: chat, of: owner, prompt)
    guard var reply = plan.reply else {
      let written = try await records.store(plan, [], owner: owner, recording, origin)
      locks.release(chat, of: owner)
      return written.recorded
    }
    if isEnding { throw .cancelled }
    let model = reply.order.model ?? reply.context.chat.settings.model ?? defaultModel
    reply.context = reply.context.fitted(reply.ending, into: pool.window(of: model)) {
      pool.tokens(in: $0, model: model)
    }
    reply.order.window = reply.context.history.first?.id
    let prompt = reply.context.builder(reply.ending).build()
    reply.variables = reply.context.variables(of: prompt)
    plan.reply = reply
    let (settled, asked) = (plan, reply)
    let turns = (0..<asked.count).map { turn(number: $0, of: asked, settled, model) }
    let rule = AnalysisRule(asked.context.chat, self.prompt.analysis)
    let running = turns.enumerated().map { index, turn in
      RunningTurn(
        turn, settled, asked, owner: owner, isFirst: index == 0, seams: seams(for: turn, origin, rule))
    }
    let series = TurnSeries(
      running, request: asked.context.request(prompt), model: model, settled.cause)
    // From here on a client that hears of them can ask for them.
    for one in running {
      one.onEnd = { [weak self] running in self?.ended(running) }
      active[one.turn.id] = one
    }
    tellBegin(of: running[0], model)
    // Where the commit cannot be expected to stand, nobody is asked before it does: each refusal would cost a reply.
    let asksEarly = records.takesNew(of: owner)
    if asksEarly { running[0].ask(series.request, model: model, pool: pool) }
    do throws(EngineError) {
      let written = try await records.store(settled, turns, owner: owner, recording, origin)
      guard let begun = written.effect else {
        // Another call with this key came first; its turns answer.
        forget(running)
        locks.release(chat, of: owner)
        return written.recorded
      }
      series.chat = begun.chat
      if settled.line != nil, begun.sent.message?.role == .user { series.cause = begun.sent.message }
      if !asksEarly { running[0].ask(series.request, model: model, pool: pool) }
      run(running[0], series)
      // Behind the reply: it goes on with the card's own words, and never waits for better ones.
      if asked.context.chat.mode == .roleplay { roleplay.need(asked.context, of: owner) }
      return written.recorded
    } catch {
      forget(running)
      throw error
    }
  }

  private func turn(number: Int, of reply: TurnPlan.Reply, _ plan: TurnPlan, _ model: String) -> Turn {
    let base = Int64(reply.base.utf8.count)
    if var turn = reply.again {
      turn.phase = .preparing
      (turn.finish, turn.error, turn.endedAt) = (nil, nil, nil)
      (turn.timing, turn.usage) = (nil, nil)
      (turn.next, turn.model) = (base, model)
      return turn
    }
    return Turn(
      id: surroundings.ids.make(), chat: plan.chat.id, companion: plan.chat.companion,
      kind: reply.kind, phase: number == 0 ? .preparing : .queued,
      replyId: reply.inPlace ?? surroundings.ids.make(), base: base > 0 ? base : nil, next: base,
      retryOf: reply.retryOf, startedAt: surroundings.wallClock.now(), model: model)
  }

  private func seams(for turn: Turn, _ origin: Origin, _ rule: AnalysisRule?) -> TurnSeams {
    TurnSeams(
      clock: surroundings.clock, wallClock: surroundings.wallClock,
      log: log.with("turn", turn.id).with("call", origin.number), analysing: rule,
      begin: { [surroundings] body in surroundings.begin(body) },
      publish: { [surroundings] event in surroundings.publish(event) },
      grew: { [weak self] turn in self?.onGrowth?(turn) },
      checkpoint: { [records] running, text, then in
        records.checkpoint(running, text: text, then: then)
      },
      save: { [records] (running, phase) throws(EngineError) in
        try await records.finish(running, phase: phase, analysing: rule)
      },
      giveUp: { [records] running in await records.giveUp(running) })
  }

  /// The lock is the turn's from here to the end of its reply.
  private func run(_ running: RunningTurn, _ series: TurnSeries) {
    let turn = running.turn.id
    locks.pass(running.chat.id, of: running.owner, to: turn)
    self.series[turn] = series
    running.committed(in: series.chat, cause: series.cause)
  }

  /// The reply is stored: the lock goes to the next of the same call, or is free.
  private func ended(_ running: RunningTurn) {
    let turn = running.turn.id
    active[turn] = nil
    tellEnd(of: running.turn)
    if running.turn.phase == .analysing { follow(running) }
    if running.turn.phase == .illustrating { illustrations?.begin(running.turn, of: running.owner) }
    // One that waited and was cancelled never had the lock.
    guard let series = series.removeValue(forKey: turn) else { return }
    if let error = running.turn.error { for other in series.turns { other.fail(like: error) } }
    guard let next = series.turns.first(where: \.isQueued) else {
      return locks.release(running.chat.id, of: running.owner)
    }
    next.leaveQueue()
    tellBegin(of: next, series.model)
    next.ask(series.request, model: series.model, pool: pool)
    run(next, series)
  }

  /// The reply is there for good; what follows it holds nobody up.
  private func follow(_ running: RunningTurn) {
    let log = running.log
    let said = log.piece(from: log.base, limit: log.next(of: .text) - log.base, of: .text).text
    tails.begin(
      SceneTail.Order(
        turn: running.turn, owner: running.owner, chat: running.chat.id, told: running.told,
        prompt: running.asked.map { ($0, said) }, rule: running.rule))
  }

  /// Tails that an earlier start left open.
  func resume(_ turns: [Turn], of owner: Owner) {
    tails.resume(turns.filter { $0.phase != .illustrating }, of: owner)
    for turn in turns where turn.phase == .illustrating { illustrations?.begin(turn, of: owner) }
  }

  // A turn's way through the log, from call to finish, by its id; never what was said.

  private func tellBegin(of running: RunningTurn, _ model: String) {
    running.note(
      "A turn began.",
      ["uid": running.owner, "chat": running.chat.id, "kind": running.turn.kind.rawValue, "model": model])
  }

  private func tellEnd(of turn: Turn) {
    log.info(
      "A turn ended.",
      [
        "turn": turn.id, "finish": turn.finish?.rawValue ?? "", "reason": turn.error?.reason ?? "",
        "model": turn.model, "bytes": turn.next, "firstTokenMs": turn.timing?.firstTokenMs ?? -1,
        "totalMs": turn.timing?.totalMs ?? -1,
      ])
  }

  private func forget(_ turns: [RunningTurn]) {
    for running in turns {
      active[running.turn.id] = nil
      log.info("A turn came to nothing: what it was to answer was not stored.", ["turn": running.turn.id])
      running.abandon()
    }
  }

  /// The daemon is going: what streams is stored as far as it got, and closed; nothing begins any more. Returns when all of it is
  /// stored, which a disk that takes nothing may keep for ever: the caller waits no longer than it has time.
  package func interruptAll() async {
    isEnding = true
    illustrations?.abandonAll()
    tails.abandonAll()
    writing.abandonAll()
    roleplay.abandonAll()
    let ending = Array(active.values)
    // All before the first is waited for: those that wait behind another of their call never begin, and one commit stores many.
    for running in ending { running.interrupt() }
    for running in ending { await running.replyStored() }
    // Those whose reply was whole by then would go on with a tail.
    tails.abandonAll()
  }

  /// Something was deleted: what was to follow it does not.
  func dropOrphans(of owner: Owner) {
    tails.dropOrphans(of: owner)
    pictures?.queue.dropOrphans(of: owner)
  }

  // MARK: Listening, waiting, cancelling

  package func get(_ turn: ULID, of owner: Owner) async throws(EngineError) -> Turn {
    if let running = active[turn], running.owner == owner { return running.turn }
    if let turn = tails.turn(turn, of: owner) ?? writing.turn(turn, of: owner) { return turn }
    if let turn = illustrations?.turn(turn, of: owner) { return turn }
    return try await records.turn(turn, of: owner).turn
  }

  /// What a listener attaches to: the running log, or the one rebuilt from what the turn stored.
  package func stream(_ turn: ULID, of owner: Owner) async throws(EngineError) -> StreamSource {
    if let running = active[turn], running.owner == owner { return running.source }
    let source = try await records.turn(turn, of: owner)
    // It was read while the tail came to its end: what is stored now is the last word.
    guard source.turn.phase == .analysing, tails.turn(turn, of: owner) == nil else { return source }
    return try await records.turn(turn, of: owner)
  }

  package func running(in chat: ULID, of owner: Owner) -> StreamSource? {
    locks.turn(in: chat, of: owner).flatMap { active[$0]?.source }
  }

  /// A message as it is now: what streams into it is its text, also what no checkpoint has stored yet.
  func live(_ message: Message, of owner: Owner) -> Message {
    // By the chat: until the first checkpoint a message that is gone on with is an earlier turn's.
    guard message.status == .streaming, let turn = locks.turn(in: message.chat, of: owner),
      let running = active[turn], running.turn.replyId == message.id
    else { return message }
    var message = message
    message.parts = message.parts.saying(running.log.whole(.text))
    return message
  }

  func live(_ messages: [Message], of owner: Owner) -> [Message] {
    guard messages.contains(where: { $0.status == .streaming }) else { return messages }
    return messages.map { live($0, of: owner) }
  }

  /// The newest first; those that run as they are now.
  package func list(
    chat: ULID?, activeOnly: Bool, cursor: String?, limit: Int, of owner: Owner
  ) async throws(EngineError) -> (items: [Turn], next: String?) {
    let before = try PageCursor.position(cursor)
    let page = try await records.turns(
      chat: chat, activeOnly: activeOnly, before: before, limit: limit, of: owner)
    let items = page.items.map { turn in active[turn.id].map { $0.owner == owner ? $0.turn : turn } ?? turn }
    return (items, page.next.map { PageCursor.text($0) })
  }

  /// Returns when nothing more comes of a turn: its tail is over, too. At once for one that does not run.
  package func waitForEnd(_ turn: ULID, of owner: Owner) async {
    await tails.whenOver(turn, of: owner)
    await illustrations?.whenOver(turn, of: owner)
    await writing.whenOver(turn, of: owner)
  }

  /// From any client of the owner; a turn that is over stays as it is, and of one whose reply is stored only the tail is cancelled. Those of the same call that wait behind it go with it. The lock
  /// is free when this returns, unless the turn was itself waiting.
  package func cancel(_ turn: ULID, of owner: Owner) async throws(EngineError) -> Turn {
    guard let running = active[turn], running.owner == owner else {
      if await !writing.cancel(turn, of: owner) {
        await tails.cancel(turn, of: owner)
        await illustrations?.cancel(turn, of: owner)
      }
      return try await records.turn(turn, of: owner).turn
    }
    for other in series[turn]?.turns ?? [] where other.isQueued { other.cancel() }
    running.cancel()
    await running.replyStored()
    return running.turn
  }

  package func waitForReply(
    _ turn: ULID, of owner: Owner
  ) async throws(EngineError) -> (turn: Turn, reply: Message?) {
    if let running = active[turn], running.owner == owner {
      await running.replyStored()
      return (running.turn, running.reply)
    }
    let source = try await records.turn(turn, of: owner)
    return (source.turn, source.reply)
  }
}

/// Turns that one call asked for: they run one after another and hand on the chat's lock.
@Loop
private final class TurnSeries {
  let turns: [RunningTurn]
  let request: ChatRequest
  let model: String
  /// The person's line that is answered.
  var cause: Message?
  var chat: Chat

  init(_ turns: [RunningTurn], request: ChatRequest, model: String, _ cause: Message?) {
    self.turns = turns
    self.request = request
    self.model = model
    self.cause = cause
    chat = turns[0].chat
  }
}
