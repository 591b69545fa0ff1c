package import Base
package import Model
package import Providers
import Store

/// Generation: one piece at a time in a chat, owned by the daemon, whoever listens.
@Loop
package final class TurnDesk {
  private let surroundings: Engine.Surroundings
  private let pool: ProviderPool
  private let records: TurnRecords
  private let log: Log
  private var locks = LockTable()
  private var active: [ULID: RunningTurn] = [:]
  /// The model where neither the call nor the chat names one.
  package var defaultModel: String
  /// A turn's log has more.
  package var onGrowth: (@Loop (ULID) -> Void)?

  init(_ surroundings: Engine.Surroundings, pool: ProviderPool, defaultModel: String) {
    self.surroundings = surroundings
    self.pool = pool
    self.defaultModel = defaultModel
    records = TurnRecords(surroundings)
    log = Log(surroundings.log, component: "turns")
  }

  /// How many turns run: a daemon with any is not idle.
  package var count: Int { active.count }

  // MARK: Send

  /// Stores the person's line and begins the reply to it, in one commit; answers when that commit stands.
  ///
  /// The lock is taken before anything is read, so what is read stays true until the commit; the request leaves while the commit is in
  /// flight, and nothing of its answer is shown before the commit stands.
  package func send(
    _ request: SendRequest, of owner: Owner, recording: Recording<Sent>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Sent> {
    if let recording, let known = try await records.replay(recording, of: owner) {
      return .recorded(known, replayed: true)
    }
    let chat = try await records.chat(for: request.place, of: owner)
    let turnID = surroundings.ids.make()
    let holder = request.respond ? LockTable.Holder.turn(turnID) : .edit
    try take(chat, owner: owner, for: holder)
    do throws(EngineError) {
      return try await begin(request, chat, turnID, owner, recording, origin)
    } catch {
      locks.release(chat, owner: owner, by: holder)
      throw error
    }
  }

  private func begin(
    _ request: SendRequest, _ chat: ULID, _ turnID: ULID, _ owner: Owner, _ recording: Recording<Sent>?,
    _ origin: Origin
  ) async throws(EngineError) -> Recorded<Sent> {
    let context = try await records.context(
      of: chat, leaf: request.leaf, onStale: request.onStale, owner: owner)
    guard request.respond else {
      let written = try await records.store(
        request.text, in: context, turn: nil, owner: owner, recording, origin)
      locks.release(chat, owner: owner, by: .edit)
      return written.recorded
    }
    let model = request.model ?? context.chat.settings.model ?? defaultModel
    let turn = Turn(
      id: turnID, chat: chat, companion: context.chat.companion, kind: .reply, phase: .preparing,
      replyId: surroundings.ids.make(), startedAt: surroundings.wallClock.now(), model: model)
    let running = running(turn, context, owner)
    active[turnID] = running
    running.ask(context.request(adding: request.text), model: model, pool: pool)
    do throws(EngineError) {
      let written = try await records.store(
        request.text, in: context, turn: turn, owner: owner, recording, origin)
      guard let sent = written.effect else {
        // Another call with this key came first; its turn answers.
        forget(running)
        locks.release(chat, owner: owner, by: .turn(turnID))
        return written.recorded
      }
      running.parent = sent.message.id
      running.committed(message: sent.message)
      return written.recorded
    } catch {
      forget(running)
      throw error
    }
  }

  private func running(_ turn: Turn, _ context: TurnContext, _ owner: Owner) -> RunningTurn {
    let running = RunningTurn(
      turn, owner: owner, chat: context.chat.id, name: context.persona.nickname ?? context.persona.name,
      seams: TurnSeams(
        clock: surroundings.clock, wallClock: surroundings.wallClock,
        log: log.with("turn", turn.id),
        publish: { [surroundings] event in surroundings.publish(event) },
        grew: { [weak self] turn in self?.onGrowth?(turn) },
        checkpoint: { [records] running, text, then in
          records.checkpoint(running, text: text, then: then)
        },
        save: { [records] (running, phase) throws(EngineError) in
          try await records.finish(running, phase: phase)
        }))
    running.onEnd = { [weak self] running in self?.ended(running) }
    return running
  }

  private func ended(_ running: RunningTurn) {
    active[running.turn.id] = nil
    locks.release(running.chat, owner: running.owner, by: .turn(running.turn.id))
  }

  private func forget(_ running: RunningTurn) {
    active[running.turn.id] = nil
    running.abandon()
  }

  private func take(_ chat: ULID, owner: Owner, for holder: LockTable.Holder) throws(EngineError) {
    if locks.take(chat, owner: owner, for: holder) { return }
    guard case .turn(let turn) = locks.holder(of: chat, owner: owner) else {
      // An edit's commit takes a few milliseconds.
      throw .tooMany(what: "changes to one chat at a time", limit: 1)
    }
    throw .busy(turn: turn)
  }

  /// The daemon is going: what streams is stored as far as it got, and closed.
  package func interruptAll() async {
    for running in Array(active.values) {
      running.interrupt()
      await running.replyStored()
    }
  }

  // MARK: Listening, waiting, cancelling

  package func get(_ turn: ULID, of owner: Owner) async throws(EngineError) -> Turn {
    if let running = active[turn], running.owner == owner { return running.turn }
    return try await records.turn(turn, of: owner).turn
  }

  /// What a listener attaches to: the running log, or the one rebuilt from what the turn stored.
  package func stream(_ turn: ULID, of owner: Owner) async throws(EngineError) -> StreamSource {
    if let running = active[turn], running.owner == owner { return running.source }
    return try await records.turn(turn, of: owner)
  }

  package func running(in chat: ULID, of owner: Owner) -> StreamSource? {
    guard case .turn(let turn) = locks.holder(of: chat, owner: owner) else { return nil }
    return active[turn]?.source
  }

  /// From any client of the owner; a turn that is over stays as it is. The lock is free when this returns.
  package func cancel(_ turn: ULID, of owner: Owner) async throws(EngineError) -> Turn {
    if let running = active[turn], running.owner == owner {
      running.cancel()
      await running.replyStored()
      return running.turn
    }
    return try await records.turn(turn, of: owner).turn
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
