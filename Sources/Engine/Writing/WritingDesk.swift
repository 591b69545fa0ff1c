package import Base
package import Model
package import Providers
import Store

/// What a model writes on request beside the talk itself: chat titles, lines for the person, better cards, new companions.
///
/// Each is a turn that anybody can watch, wait for and cancel like a reply. Cards and companions count against the rate of messages,
/// since they cost as much; titles do not.
@Loop
package final class WritingDesk {
  /// Of one owner at a time.
  static let mostOfOwner = 8

  private let surroundings: Engine.Surroundings
  private let pool: ProviderPool
  private let records: TurnRecords
  private let log: Log
  private var running: [ULID: Errand] = [:]
  /// For chats that are not there yet.
  private var askings: [ULID: Asking] = [:]
  private var isEnding = false
  /// As they are configured now.
  private let defaultModel: @Loop () -> String
  private let fastModel: @Loop () -> String

  init(
    _ surroundings: Engine.Surroundings, pool: ProviderPool, records: TurnRecords,
    defaultModel: @escaping @Loop () -> String, fastModel: @escaping @Loop () -> String
  ) {
    self.surroundings = surroundings
    self.pool = pool
    self.records = records
    self.defaultModel = defaultModel
    self.fastModel = fastModel
    log = Log(surroundings.log, component: "writing")
  }

  var count: Int { running.count + askings.count }

  // MARK: What can be asked for

  /// A name for a chat out of what was said in it, which becomes its title unless somebody gave it another meanwhile.
  package func title(
    _ id: ULID, of owner: Owner, recording: Recording<Turn>?
  ) async throws(EngineError) -> Recorded<Turn> {
    let context = try await records.context(of: id, at: nil, of: owner)
    guard !context.history.isEmpty else {
      throw .invalid(path: "chat", expected: "a chat in which something was said")
    }
    let question = TitleQuestion(lines: context.history.suffix(TitleQuestion.mostLines).map(\.text))
    let old = context.chat.title
    let order = self.order(
      .title, chat: id, companion: context.chat.companion, model: quickModel, owner,
      request: question.request
    ) { answer in
      guard let title = TitleQuestion.title(in: answer) else { return nil }
      return Errand.Product(["title": .string(title)]) { transaction in
        let chat = try transaction.chat(id)
        guard chat.title == old, title != old else { return [] }
        var edit = ChatEdit()
        edit.title = title
        return [Event(owner: owner, .chatUpdated(try transaction.update(chat: id, edit)))]
      }
    }
    return try await begin(order, cost: 0, recording)
  }

  /// What the person might say next, for their input line; nothing of it goes into the chat.
  package func impersonate(
    _ chat: ULID, leaf: ULID?, of owner: Owner, recording: Recording<Turn>?
  ) async throws(EngineError) -> Recorded<Turn> {
    let context = try await records.context(of: chat, at: leaf, of: owner)
    let names = (
      companion: context.persona.nickname ?? context.persona.name,
      person: context.chat.settings.user?.name ?? PromptBuilder.nobody
    )
    let order = self.order(
      .impersonate, chat: chat, companion: context.chat.companion,
      model: context.chat.settings.model ?? defaultModel(), owner,
      request: { Impersonation.request(context, names: names, again: $0) }
    ) { answer in
      Impersonation.line(in: answer, names: names).map { Errand.Product(["text": .string($0)]) }
    }
    return try await begin(order, cost: 1, recording)
  }

  /// Better words for some fields of a companion's card: the old and the new of each, applied only by an update.
  package func enhance(
    _ name: String, fields: [String]?, instruction: String?, of owner: Owner, recording: Recording<Turn>?
  ) async throws(EngineError) -> Recorded<Turn> {
    let wanted = try Enhancement.fields(fields)
    let found = try await surroundings.reading(owner) { snapshot in
      let companion = try snapshot.companion(named: name)
      let persona = try snapshot.version(0, of: companion.id).persona
      return Found(
        companion: companion.id, persona: persona,
        rule: RatingRule(try snapshot.contentRating(), for: persona))
    }
    let enhancement = Enhancement(
      persona: found.persona, fields: wanted, instruction: instruction, rule: found.rule)
    let order = self.order(
      .enhance, chat: nil, companion: found.companion, model: defaultModel(), owner,
      request: enhancement.request
    ) { answer in
      enhancement.changes(in: answer).map { Errand.Product(["fields": $0]) }
    }
    return try await begin(order, cost: 1, recording)
  }

  private struct Found: Sendable {
    let companion: ULID
    let persona: Persona
    let rule: RatingRule
  }

  /// A companion out of a sentence, made when the answer is whole and valid.
  package func generate(
    _ prompt: String, appearance: String?, of owner: Owner, recording: Recording<Turn>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Turn> {
    let rating = try await surroundings.reading(owner) { snapshot in try snapshot.contentRating() }
    let generation = Generation(prompt: prompt, appearance: appearance, rating: rating)
    let id = surroundings.ids.make()
    let order = self.order(
      .generate, chat: nil, companion: nil, model: defaultModel(), owner, request: generation.request
    ) { answer in
      guard let persona = generation.persona(in: answer) else { return nil }
      return Errand.Product(["companion": .string(id.description)]) { transaction in
        let plan = NewCompanionPlan(id: id, persona: persona, handle: nil, tags: [])
        let companion = try plan.carryOut(transaction)
        return [Event(owner: owner, .companionCreated(companion), origin: origin)]
      }
    }
    return try await begin(order, cost: 1, recording)
  }

  /// What a chat that is to be made is about. Asked for before there is any chat.
  package struct ScenarioWish: Sendable {
    package var companion: String
    package var version: Int?
    package var mode: Chat.Mode
    package var settings: ChatSettings?
    /// Whether the person's own settings fill in what those leave open.
    package var takes: NewChatDefaults

    package init(
      companion: String, version: Int?, mode: Chat.Mode, settings: ChatSettings?, takes: NewChatDefaults
    ) {
      self.companion = companion
      self.version = version
      self.mode = mode
      self.settings = settings
      self.takes = takes
    }
  }

  static let scenarioTimeout = Duration.seconds(60)

  /// Where a new chat begins, by a model. Nil where none can say: the chat then has the companion's own scenario. Nothing is asked for a
  /// call that was answered before. Counts against the rate of messages; ends at once when its task is cancelled.
  package func scenario(
    _ wish: ScenarioWish, of owner: Owner, recording: Recording<Chat>?
  ) async throws(EngineError) -> String? {
    if isEnding { throw .cancelled }
    if let recording, try await surroundings.replay(recording, of: owner) != nil { return nil }
    let found = try await surroundings.reading(owner) { snapshot in
      let companion = try snapshot.companion(named: wish.companion)
      let version = try snapshot.version(wish.version ?? companion.version, of: companion.id)
      let own = try snapshot.settings()
      let takes = wish.takes == .mine
      let question = ScenarioQuestion(
        version: version, user: wish.settings?.user ?? (takes ? own.defaults?.user ?? own.user : nil),
        mode: wish.mode, rule: RatingRule(try snapshot.contentRating(), for: version, of: companion.id))
      return (question: question, model: wish.settings?.model ?? (takes ? own.defaults?.model : nil))
    }
    let model = found.model ?? defaultModel()
    try ModelNameRule.check(model, at: "settings.model")
    // The built-in companion invents none.
    guard model != "offline" else { return nil }
    let limit = surroundings.limits.messagesPerMinute
    _ = try await surroundings.writing(owner, Recording<Bool>?.none) { transaction in
      try transaction.take(rate: "messages", limit: limit, per: .seconds(60))
      return true
    } result: {
      $0
    }
    var scenario: String?
    for again in [false, true] where scenario == nil {
      let heard = await ask(found.question.request(again), model, owner)
      if let usage = heard.usage { await pay(usage, heard.model ?? model, owner) }
      guard case .finished = heard.ending, !isEnding, !Task.isCancelled else { break }
      scenario = found.question.scenario(in: heard.text)
    }
    if scenario == nil {
      log.notice("A model set no scene for a new chat, which takes the companion's own.", ["model": model])
    }
    return scenario
  }

  private func ask(_ request: ChatRequest, _ model: String, _ owner: Owner) async -> Asking.Heard {
    let asking = Asking(
      request, model: model, owner: owner, pool: pool, surroundings: surroundings,
      timeout: Self.scenarioTimeout, isTail: false)
    let name = surroundings.ids.make()
    askings[name] = asking
    defer { askings[name] = nil }
    return await Self.heard(asking, surroundings)
  }

  /// Hangs up when the task that waits is cancelled.
  private nonisolated static func heard(
    _ asking: Asking, _ surroundings: Engine.Surroundings
  ) async -> Asking.Heard {
    await withTaskCancellationHandler {
      await asking.outcome { _ in }
    } onCancel: {
      surroundings.perform { asking.cancel() }
    }
  }

  /// Book-keeping does not cost anybody their chat.
  private func pay(_ usage: Usage, _ model: String, _ owner: Owner) async {
    do throws(EngineError) {
      _ = try await surroundings.finishing(owner, events: { (_: Bool) in [] }) { transaction in
        try transaction.add(usage, model: model, chat: nil, for: .writing)
        return true
      }
    } catch {
      log.error("What a scenario has cost could not be added up.", ["error": "\(error)"])
    }
  }

  // MARK: How it is done

  /// The configuration's `fast` model; while that is the built-in one, whoever answers is asked for small things as well.
  private var quickModel: String { fastModel() == "offline" ? defaultModel() : fastModel() }

  private func order(
    _ kind: Turn.Kind, chat: ULID?, companion: ULID?, model: String, _ owner: Owner,
    request: @escaping (Bool) -> ChatRequest, read: @escaping (String) -> Errand.Product?
  ) -> Errand.Order {
    Errand.Order(
      turn: Turn(
        id: surroundings.ids.make(), chat: chat, companion: companion, kind: kind, phase: .preparing,
        startedAt: surroundings.wallClock.now(), model: model),
      owner: owner, request: request, read: read)
  }

  private func begin(
    _ order: Errand.Order, cost: Int, _ recording: Recording<Turn>?
  ) async throws(EngineError) -> Recorded<Turn> {
    if isEnding { throw .cancelled }
    if running.values.count(where: { $0.owner == order.owner }) >= Self.mostOfOwner {
      throw .tooMany(what: "turns that write no message", limit: Self.mostOfOwner)
    }
    let errand = Errand(order, surroundings, pool: pool, log: log)
    let (turn, limit) = (order.turn, surroundings.limits.messagesPerMinute)
    // From here on who hears of it can ask for it.
    running[turn.id] = errand
    do throws(EngineError) {
      let written = try await surroundings.writing(order.owner, recording) { transaction in
        for _ in 0..<cost { try transaction.take(rate: "messages", limit: limit, per: .seconds(60)) }
        try transaction.insert(turn)
        return turn
      } result: {
        $0
      }
      guard written.effect != nil else {
        // Another call with this key came first; its turn answers.
        running[turn.id] = nil
        return written.recorded
      }
      _ = surroundings.begin {
        await errand.run()
        self.running[turn.id] = nil
      }
      return written.recorded
    } catch {
      running[turn.id] = nil
      throw error
    }
  }

  // MARK: What others ask

  func turn(_ id: ULID, of owner: Owner) -> Turn? { errand(id, of: owner)?.turn }

  func whenOver(_ id: ULID, of owner: Owner) async { await errand(id, of: owner)?.whenOver() }

  /// Returns when it is over; false where there is none.
  func cancel(_ id: ULID, of owner: Owner) async -> Bool {
    guard let errand = errand(id, of: owner) else { return false }
    errand.cancel()
    await errand.whenOver()
    return true
  }

  /// The daemon is going: the next start closes them.
  func abandonAll() {
    isEnding = true
    for errand in running.values { errand.abandon() }
    for asking in askings.values { asking.cancel() }
  }

  private func errand(_ id: ULID, of owner: Owner) -> Errand? {
    running[id].flatMap { $0.owner == owner ? $0 : nil }
  }
}
