import Base
import Model
import Providers
import Store

/// What turns read and write in the vault.
@Loop
final class TurnRecords {
  private let surroundings: Engine.Surroundings
  private let log: Log

  init(_ surroundings: Engine.Surroundings) {
    self.surroundings = surroundings
    log = Log(surroundings.log, component: "turns")
  }

  // MARK: Before a turn

  /// What a call with this key answered before; looked up before anything leaves the machine.
  func replay<Value>(_ recording: Recording<Value>, of owner: Owner) async throws(EngineError) -> [UInt8]? {
    let stamp = Stamp(key: recording.key, method: recording.method, fingerprint: recording.fingerprint)
    let (now, lifetime) = (surroundings.wallClock.now(), surroundings.limits.keyLifetime)
    do throws(EngineError) {
      return try await surroundings.reading(owner) { snapshot in
        try snapshot.replay(of: stamp, now: now, lifetime: lifetime)
      }
    } catch {
      if case .keyConflict = error { throw .keyConflict(key: recording.key) }
      throw error
    }
  }

  /// The chat a send is for; a companion's most recent one, or a new one when there is none.
  func chat(for place: SendRequest.Place, of owner: Owner) async throws(EngineError) -> ULID {
    switch place {
    case .chat(let chat): return chat
    case .companion(let name):
      let recent = try await surroundings.reading(owner) { snapshot in
        let companion = try snapshot.companion(named: name)
        return try snapshot.chats(companion: companion.id, limit: 1).items.first?.id
      }
      if let recent { return recent }
      let (plan, ids) = (NewChatPlan(companion: name), surroundings.ids)
      let written = try await surroundings.writing(
        owner, Recording<Chat>?.none, events: { [Event(owner: owner, .chatCreated($0))] }
      ) { transaction in
        try plan.carryOut(transaction, ids)
      } result: {
        $0
      }
      guard let chat = written.effect else { throw .fault("a chat without a key was replayed") }
      surroundings.announce()
      return chat.id
    }
  }

  func context(
    of chat: ULID, leaf: ULID?, onStale: SendRequest.OnStale, owner: Owner
  ) async throws(EngineError) -> TurnContext {
    try await surroundings.reading(owner) { snapshot in
      let stored = try snapshot.chat(chat)
      let most = stored.settings.contextMessages ?? 20
      var history = try snapshot.history(of: chat, leaf: leaf, limit: most)
      var staleTip: ULID?
      if history.stale, leaf != nil, let tip = history.tip {
        switch onStale {
        case .branch: staleTip = tip
        case .reject: throw EngineError.stale(tip: tip)
        case .follow: history = try snapshot.history(of: chat, leaf: tip, limit: most)
        }
      }
      let persona = try snapshot.version(stored.version, of: stored.companion).persona
      // The window moves in steps: of a full one only the newer part is told, so that the next requests begin alike.
      let window = HistoryWindow(most: most)
      let told = history.more ? Array(history.messages.suffix(window.kept)) : history.messages
      let lines = told.filter { $0.hidden != true && !$0.text.isEmpty }
      return TurnContext(
        chat: stored, persona: persona, leaf: history.leaf, staleTip: staleTip,
        history: lines.map { .init(id: $0.id, role: $0.role, text: $0.text) },
        omitted: stored.messages - lines.count, userLines: lines.count { $0.role == .user })
    }
  }

  /// The person's line, the turn that answers it, and the key, in one commit that counts against the rate.
  func store(
    _ text: String, in context: TurnContext, turn: Turn?, owner: Owner, _ recording: Recording<Sent>?,
    _ origin: Origin
  ) async throws(EngineError) -> Written<Sent, Sent> {
    let id = surroundings.ids.make()
    let limit = surroundings.limits.messagesPerMinute
    let written = try await surroundings.writing(
      owner, recording,
      events: { sent in
        let message = Event(owner: owner, .messageCreated(sent.message), origin: origin)
        return [message] + (sent.turn.map { [Event(owner: owner, .turnStarted($0), origin: origin)] } ?? [])
      }
    ) { transaction in
      try transaction.take(rate: "messages", limit: limit, per: .seconds(60))
      let message = try transaction.insert(
        NewMessage(id: id, chat: context.chat.id, parent: context.leaf, role: .user, parts: [.text(text)]))
      if let turn { try transaction.insert(turn) }
      return Sent(message: message, turn: turn, replyID: turn?.replyId, staleTip: context.staleTip)
    } result: {
      $0
    }
    surroundings.announce()
    return written
  }

  // MARK: While it streams

  /// What a checkpoint could not store, the next one or the last commit will.
  func checkpoint(_ running: RunningTurn, text: String, then: @escaping @Loop @Sendable () -> Void) {
    guard let vault = surroundings.vaults.opened(running.owner), let row = ReplyRow(running) else {
      return surroundings.perform(then)
    }
    let (log, surroundings) = (log, surroundings)
    vault.submit(.checkpoint) { transaction in
      try row.write(text, status: .streaming, transaction)
    } completion: { result in
      if case .failure(let error) = result {
        log.warning(
          "Streamed text is not on the disk yet.", ["turn": row.turn.id, "error": error.description])
      }
      surroundings.perform(then)
    }
  }

  /// The last commit of a reply. A turn without text stores no message.
  func finish(_ running: RunningTurn, phase: Turn.Phase) async throws(EngineError) -> Message? {
    guard let row = ReplyRow(running) else { throw .fault("a turn ends before it began") }
    var turn = running.turn
    turn.phase = phase
    let text = running.log.whole(.text)
    let ended = turn
    let vault = try await surroundings.vault(of: running.owner)
    do throws(StoreError) {
      return try await vault.write(.finishing) { transaction in
        try transaction.update(ended)
        if let usage = ended.usage { try transaction.add(usage, model: ended.model, chat: ended.chat) }
        guard !text.isEmpty else { return nil }
        try row.write(text, status: .streaming, transaction)
        return try transaction.complete(
          message: row.id, parts: [.text(text)],
          status: ended.finish == .stop || ended.finish == .length ? .complete : .partial,
          finish: ended.finish ?? .stop, turn: ended.id, model: ended.model, usage: ended.usage)
      }
    } catch {
      throw EngineError(error)
    }
  }

  // MARK: Afterwards

  /// A turn of the past with the log it left, also after later edits.
  func turn(_ id: ULID, of owner: Owner) async throws(EngineError) -> StreamSource {
    let found = try await surroundings.reading(owner) { snapshot in
      let turn = try snapshot.turn(id).turn
      let reply: Message?
      if let message = turn.replyId { reply = try? snapshot.message(message) } else { reply = nil }
      return PastTurn(turn: turn, text: try snapshot.product(of: id) ?? "", reply: reply)
    }
    let log = StreamLog(turn: id)
    log.append(found.text, to: .text)
    log.close()
    return StreamSource(turn: found.turn, log: log, parent: found.reply?.parent, reply: found.reply)
  }

  private struct PastTurn: Sendable {
    let turn: Turn
    let text: String
    let reply: Message?
  }
}

/// The message a turn writes, whose row comes with the first byte of text.
private struct ReplyRow: Sendable {
  let id: ULID
  let turn: Turn
  let chat: ULID
  let parent: ULID

  /// nil while the person's line is not stored.
  @Loop init?(_ running: RunningTurn) {
    guard let id = running.turn.replyId, let parent = running.parent else { return nil }
    self.id = id
    self.parent = parent
    turn = running.turn
    chat = running.chat
  }

  func write(_ text: String, status: Message.Status, _ transaction: Transaction) throws {
    do {
      try transaction.stream([.text(text)], into: id)
    } catch StoreError.notFound {
      var message = NewMessage(id: id, chat: chat, parent: parent, role: .assistant, parts: [.text(text)])
      message.status = status
      message.turn = turn.id
      message.model = turn.model
      message.companion = turn.companion
      _ = try transaction.insert(message)
    }
  }
}
