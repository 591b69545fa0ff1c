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

  /// The chat a send is for; a companion's most recent one, or a new one when there is none.
  func chat(for place: SendRequest.Place, of owner: Owner) async throws(EngineError) -> ULID {
    switch place {
    case .chat(let chat): return chat
    case .companion(let name):
      let (limit, now) = (surroundings.limits.messagesPerMinute, surroundings.wallClock.now())
      let recent = try await surroundings.reading(owner) { snapshot in
        let companion = try snapshot.companion(named: name)
        let recent = try snapshot.chats(companion: companion.id, limit: 1).items.first?.id
        // No chat is made for a line that the rate refuses.
        if recent == nil {
          try snapshot.check(rate: "messages", limit: limit, per: .seconds(60), count: 1, now: now)
        }
        return recent
      }
      if let recent { return recent }
      let (plan, ids) = (NewChatPlan(companion: name), surroundings.ids)
      let written = try await surroundings.writing(
        owner, Recording<ULID>?.none, events: { $0.opened?.events(owner) ?? [] }
      ) { transaction in
        // Of two who say their first words at once, the second finds the chat of the first.
        let companion = try transaction.companion(named: name)
        if let recent = try transaction.chats(companion: companion.id, limit: 1).items.first {
          return FoundChat(id: recent.id)
        }
        let opened = try plan.carryOut(transaction, ids)
        return FoundChat(id: opened.chat.id, opened: opened)
      } result: {
        $0.id
      }
      guard let found = written.effect else { throw .fault("a chat without a key was replayed") }
      surroundings.announce()
      return found.id
    }
  }

  /// Which chat an act is about.
  func chat(for act: TurnAct, of owner: Owner) async throws(EngineError) -> ULID {
    switch act {
    case .send(let request): return try await chat(for: request.place, of: owner)
    case .add(let request): return request.chat
    case .regenerate(let request): return try await chat(ofMessage: request.message, of: owner)
    case .continue(let message): return try await chat(ofMessage: message, of: owner)
    case .edit(let request): return try await chat(ofMessage: request.message, of: owner)
    case .retry(let turn):
      return try await surroundings.reading(owner) { snapshot in
        guard let chat = try snapshot.turn(turn).turn.chat else {
          throw EngineError.invalid(path: "turn", expected: "a turn that writes a message")
        }
        return chat
      }
    }
  }

  func chat(ofMessage message: ULID, of owner: Owner) async throws(EngineError) -> ULID {
    try await surroundings.reading(owner) { snapshot in try snapshot.message(message).chat }
  }

  /// The leaf that is meant, once it is known to be the chat's; nil in an empty chat.
  func leaf(_ named: ULID?, in chat: ULID, of owner: Owner) async throws(EngineError) -> ULID? {
    try await surroundings.reading(owner) { snapshot in
      let chat = try snapshot.chat(chat)
      if let named { _ = try snapshot.tip(belowLeaf: named, in: chat) }
      return named ?? chat.head
    }
  }

  /// What stands after a message, now; nil is after the chat's last.
  func context(of chat: ULID, at message: ULID?, of owner: Owner) async throws(EngineError) -> TurnContext {
    let now = surroundings.wallClock.now()
    return try await surroundings.reading(owner) { snapshot in
      let chat = try snapshot.chat(chat)
      if let message { _ = try snapshot.tip(belowLeaf: message, in: chat) }
      var context = try TurnContext.read(snapshot, chat, upTo: message ?? chat.head)
      context.now = now
      context.zone = TimeZones.offset(context.persona.timezone, at: now)
      return context
    }
  }

  /// What an act comes to. One that counts more than the rate allows is refused here, before anybody is asked: the commit, which
  /// counts for certain, comes only when the request is out.
  func plan(
    _ act: TurnAct, in chat: ULID, of owner: Owner, _ defaults: PromptDefaults, isAsked: Bool = true
  ) async throws(EngineError) -> TurnPlan {
    let (ids, limit, now) = (
      surroundings.ids, surroundings.limits.messagesPerMinute, surroundings.wallClock.now()
    )
    return try await surroundings.reading(owner) { snapshot in
      var plan = try TurnPlan.make(act, in: chat, snapshot, ids, defaults)
      if isAsked {
        try snapshot.check(rate: "messages", limit: limit, per: .seconds(60), count: plan.cost, now: now)
      }
      if let persona = plan.reply?.context.persona {
        plan.reply?.context.now = now
        plan.reply?.context.zone = TimeZones.offset(persona.timezone, at: now)
      }
      return plan
    }
  }

  /// Whether a commit can be expected to stand: a disk without its reserve takes nothing new.
  func takesNew(of owner: Owner) -> Bool { !(surroundings.vaults.opened(owner)?.isFull ?? false) }

  /// What is written, the turns that follow, and the key, in one commit that counts against the rate.
  func store(
    _ plan: TurnPlan, _ turns: [Turn], owner: Owner, _ recording: Recording<Sent>?, _ origin: Origin
  ) async throws(EngineError) -> Written<Begun, Sent> {
    try await store(owner, recording, origin) { transaction, limit in
      try plan.carryOut(turns, transaction, limit: limit)
    }
  }

  /// The same for what only writes: planned, stored and remembered in one transaction, with one trip to the writer.
  func write(
    _ act: TurnAct, in chat: ULID, owner: Owner, _ recording: Recording<Sent>?, _ origin: Origin
  ) async throws(EngineError) -> Written<Begun, Sent> {
    let ids = surroundings.ids
    return try await store(owner, recording, origin) { transaction, limit in
      // Nobody is asked, so that it does not matter with what.
      try TurnPlan.make(act, in: chat, transaction, ids, PromptDefaults())
        .carryOut([], transaction, limit: limit)
    }
  }

  private func store(
    _ owner: Owner, _ recording: Recording<Sent>?, _ origin: Origin,
    _ body: @escaping @Sendable (Transaction, _ limit: Int) throws -> Begun
  ) async throws(EngineError) -> Written<Begun, Sent> {
    let limit = surroundings.limits.messagesPerMinute
    let written = try await surroundings.writing(
      owner, recording, events: { begun in begun.events(owner, origin) }
    ) { transaction in
      try body(transaction, limit)
    } result: {
      $0.sent
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
    let (log, owner, surroundings) = (log, running.owner, surroundings)
    vault.submit(.checkpoint) { transaction -> Shown? in
      guard try row.write(text, transaction) == .created else { return nil }
      return Shown(message: try transaction.message(row.id), chat: try transaction.chat(row.chat))
    } completion: { result in
      switch result {
      case .success(let shown?):
        surroundings.announcements.add([Event(owner: owner, .messageCreated(shown.message, in: shown.chat))])
      case .success(nil): break
      case .failure(let error):
        log.warning(
          "Streamed text is not on the disk yet.", ["turn": row.turn.id, "error": error.description])
      }
      surroundings.perform {
        surroundings.announce()
        then()
      }
    }
  }

  /// The last commit of a reply. A turn without text of its own stores no message; nor does one whose chat or message is gone.
  /// With a rule, the turn goes on as a tail where the rule says so.
  func finish(
    _ running: RunningTurn, phase: Turn.Phase, analysing rule: AnalysisRule? = nil
  ) async throws(EngineError) -> SavedReply {
    guard let row = ReplyRow(running) else { throw .fault("a turn without a message ends as a reply") }
    var turn = running.turn
    let rule = rule.flatMap { $0.covers(turn) && phase == .done && running.hasWritten ? $0 : nil }
    let mayBeIllustrated = phase == .done && running.hasWritten
    turn.phase = rule == nil ? phase : .analysing
    let text = running.hasWritten ? running.log.whole(.text) : ""
    let (ended, owner, log) = (turn, running.owner, log)
    let variables = running.variables
    let stored = try await surroundings.finishing(
      owner,
      events: { (stored: Stored) in
        if let settled = stored.settled {
          return [Event(owner: owner, .messageUpdated(settled.message, in: settled.chat))]
        }
        guard let shown = stored.shown else { return [] }
        let message: Event.Subject =
          stored.isNew
          ? .messageCreated(shown.message, in: shown.chat) : .messageUpdated(shown.message, in: shown.chat)
        return [Event(owner: owner, message), Event(owner: owner, .chatHead(shown.chat))]
      }
    ) { transaction in
      try transaction.update(ended)
      // Book-keeping does not cost anybody their reply.
      if let usage = ended.usage,
        let error = try transaction.trying({ transaction in
          try transaction.add(usage, model: ended.model, chat: ended.chat)
        })
      {
        log.fault(
          "What a turn has cost could not be added up.", ["turn": ended.id, "error": "\(error)"])
      }
      /// No tail follows after all.
      func close() throws {
        guard rule != nil else { return }
        var turn = ended
        turn.phase = phase
        try transaction.update(turn)
      }
      do {
        guard !text.isEmpty else {
          guard try transaction.settle(message: row.id, after: ended.id) else { return Stored() }
          return Stored(
            settled: Shown(message: try transaction.message(row.id), chat: try transaction.chat(row.chat)))
        }
        let outcome = try row.write(text, transaction)
        var message = try row.complete(text, transaction)
        if let variables { message = try transaction.keep(variables: variables, of: message) }
        let shown = Shown(message: message, chat: try transaction.chat(row.chat))
        // Nor does what a tail would look at: what cannot be counted is read.
        let isDue = rule.map { (try? $0.isDue(after: message, transaction)) ?? true } ?? false
        // What a picture shows is known when the scene is read; without that, at once.
        let isPictured =
          !isDue && mayBeIllustrated
          && ((try? IllustrationRule.isDue(ended, after: message, transaction)) ?? false)
        if isPictured {
          var turn = ended
          turn.phase = .illustrating
          try transaction.update(turn)
        } else if !isDue {
          try close()
        }
        let next: Turn.Phase? = isDue ? .analysing : isPictured ? .illustrating : nil
        return Stored(shown: shown, isNew: outcome == .created, next: next)
      } catch StoreError.notFound {
        try close()
        return Stored()
      }
    }
    surroundings.announce()
    return SavedReply(message: stored.shown?.message, phase: stored.next ?? phase)
  }

  /// Closes a turn whose reply cannot be stored, without it. What fails here too is left to the next start, which closes what is open.
  func giveUp(_ running: RunningTurn) async {
    let (ended, owner) = (running.turn, running.owner)
    do throws(EngineError) {
      try await surroundings.finishing(owner, events: { _ in [] }) { transaction in
        if let reply = ended.replyId {
          _ = try transaction.settle(message: reply, after: ended.id)
          try transaction.giveUp(message: reply)
        }
        try transaction.update(ended)
      }
    } catch {
      log.error("A turn that was given up stays open.", ["turn": ended.id, "error": "\(error)"])
    }
  }

  private struct Stored: Sendable {
    var shown: Shown?
    var isNew = false
    /// The phase of the tail that follows.
    var next: Turn.Phase?
    /// The message that was to be gone on with, when nothing came.
    var settled: Shown?
  }

  /// A message with the chat it stands in, for those who are told.
  private struct Shown: Sendable {
    let message: Message
    let chat: Chat
  }

  // MARK: Afterwards

  /// A turn of the past with the log it left, also after later edits.
  func turn(_ id: ULID, of owner: Owner) async throws(EngineError) -> StreamSource {
    let found = try await surroundings.reading(owner) { snapshot in
      let stored = try snapshot.turn(id)
      var past = PastTurn(turn: stored.turn)
      if let chat = stored.turn.chat { past.chat = try snapshot.chat(chat) }
      past.parent = TurnOrder(stored.request)?.parent
      if let text = try snapshot.product(of: id) {
        past.text = text
        if let reply = stored.turn.replyId { past.reply = try? snapshot.message(reply) }
      } else if let continued = TurnOrder(stored.request)?.continued {
        // It added nothing: its log is what it began with.
        past.text = (try? snapshot.earlierText(of: continued.message, atRevision: continued.revision)) ?? ""
      }
      return past
    }
    let log = StreamLog(turn: id)
    log.append(found.text, to: .text)
    log.close()
    return StreamSource(
      turn: found.turn, log: log, chat: found.chat, parent: found.parent, reply: found.reply)
  }

  private struct PastTurn: Sendable {
    let turn: Turn
    var chat: Chat?
    var parent: ULID?
    var text = ""
    var reply: Message?
  }

  func turns(
    chat: ULID?, activeOnly: Bool, before: Int64?, limit: Int, of owner: Owner
  ) async throws(EngineError) -> Page<Turn> {
    try await surroundings.reading(owner) { snapshot in
      try snapshot.turns(chat: chat, activeOnly: activeOnly, before: before, limit: limit)
    }
  }
}

/// A companion's most recent chat, made when there was none.
private struct FoundChat: Sendable {
  let id: ULID
  var opened: OpenedChat?
}

extension TurnPlan {
  /// On the writer's thread. At most `limit` a minute count against the rate.
  fileprivate func carryOut(_ turns: [Turn], _ transaction: Transaction, limit: Int) throws -> Begun {
    for _ in 0..<cost { try transaction.take(rate: "messages", limit: limit, per: .seconds(60)) }
    let written: Message?
    switch line {
    case .new(let line): written = try transaction.insert(line)
    case .replace(let id, let parts): written = try transaction.replace(message: id, by: parts)
    case nil: written = message
    }
    for turn in turns {
      if reply?.again != nil {
        try transaction.update(turn)
      } else {
        try transaction.insert(turn, request: reply?.order.json)
      }
    }
    let awaited = try reply?.inPlace.map { try transaction.expectMore(in: $0) }
    let sent = Sent(
      message: written?.id == awaited?.id ? awaited : written, turns: turns, staleTip: staleTip)
    return Begun(
      sent: sent, chat: try transaction.chat(chat.id), awaited: awaited,
      change: line.map { if case .new = $0 { .created } else { .updated } }, goesOn: reply?.again != nil)
  }
}

/// What an act has come to in the vault.
struct Begun: Sendable {
  enum Change { case created, updated }

  let sent: Sent
  let chat: Chat
  /// The message that is gone on with.
  let awaited: Message?
  /// What was done to the message; nil when it was only acted on.
  fileprivate let change: Change?
  /// A turn that has started before goes on.
  fileprivate let goesOn: Bool

  func events(_ owner: Owner, _ origin: Origin) -> [Event] {
    var subjects: [Event.Subject] = []
    if let message = sent.message {
      switch change {
      case .created: subjects += [.messageCreated(message, in: chat), .chatHead(chat)]
      case .updated: subjects.append(.messageUpdated(message, in: chat))
      case nil: break
      }
    }
    if let awaited { subjects.append(.messageUpdated(awaited, in: chat)) }
    subjects += sent.turns.map { goesOn ? .turnPhase($0) : .turnStarted($0) }
    return subjects.map { Event(owner: owner, $0, origin: origin) }
  }
}
