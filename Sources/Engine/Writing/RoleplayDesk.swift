import Base
import Model
import Providers
import Store

/// Has a version's persona put into few words by the quick model, once, when somebody first needs them.
///
/// Nobody waits for it: until it is there, and where no model can, what the card says itself is used. It asks from a tail's place, so
/// that replies go before it. Before a model is asked the card's own words are stored: a version shows that it was tried, and when, and
/// one whose making ends the daemon is not tried again at every start.
@Loop
final class RoleplayDesk {
  enum Outcome: String {
    case made
    /// Twice something that is no answer.
    case rubbish
    case failed
    case timeout
    /// Replies needed the place each time.
    case yielded
    /// The version or its persona was another's when the answer came, or somebody wrote it by hand.
    case dropped
    /// The daemon goes.
    case abandoned
  }

  struct Place: Hashable {
    let owner: Owner
    let companion: ULID
    let version: Int
  }

  @Loop
  private final class Making {
    let over = Latch()
    var asking: Asking?
  }

  /// Of one owner at a time; another one is made when it is needed again.
  static let mostOfOwner = 4
  /// After which a model that could not do it is asked once more.
  static let patience = Duration.seconds(600)
  static let timeout = Duration.seconds(120)
  static let mostYields = 8

  private let surroundings: Engine.Surroundings
  private let pool: ProviderPool
  private let log: Log
  private let model: @Loop () -> String
  private var running: [Place: Making] = [:]
  private var isEnding = false

  /// `model` is the one for small things, as it is configured now.
  init(_ surroundings: Engine.Surroundings, pool: ProviderPool, model: @escaping @Loop () -> String) {
    self.surroundings = surroundings
    self.pool = pool
    self.model = model
    log = Log(surroundings.log, component: "roleplay")
  }

  var count: Int { running.count }

  // MARK: When

  /// Somebody is told of a persona: what is missing is made. Returns at once.
  func need(_ persona: Persona, _ stored: CompanionVersion.Roleplay?, at place: Place) {
    guard isDue(persona, stored) else { return }
    begin(place)
  }

  func need(_ context: TurnContext, of owner: Owner) {
    need(
      context.persona, context.roleplay,
      at: Place(owner: owner, companion: context.chat.companion, version: context.chat.version))
  }

  /// The same for who has not read the version, and when it is to be made anew.
  func need(_ place: Place) { begin(place) }

  private func isDue(_ persona: Persona, _ stored: CompanionVersion.Roleplay?) -> Bool {
    guard !DerivedRoleplay(persona).wanted.isEmpty else { return false }
    guard let stored else { return true }
    let age = surroundings.wallClock.now().milliseconds - stored.at.milliseconds
    // One that is not over yet by a clock that was set back is over.
    let isFresh = (0..<Self.patience.wholeMilliseconds).contains(age)
    return stored.generatedBy == CompanionVersion.Roleplay.derived && !isFresh
  }

  private func begin(_ place: Place) {
    // The built-in companion says nothing that the card does not.
    guard !isEnding, model() != "offline", running[place] == nil,
      running.keys.count(where: { $0.owner == place.owner }) < Self.mostOfOwner
    else { return }
    let making = Making()
    running[place] = making
    _ = surroundings.begin {
      await self.run(place, making)
      self.running[place] = nil
      making.over.open()
    }
  }

  /// Returns when nothing is being made for that version.
  func whenOver(_ place: Place) async { await running[place]?.over.wait() }

  /// The daemon is going: what stands is the card's own words.
  func abandonAll() {
    isEnding = true
    for making in running.values { making.asking?.cancel() }
  }

  // MARK: How

  private func run(_ place: Place, _ making: Making) async {
    do throws(EngineError) {
      let question = try await surroundings.reading(place.owner) { snapshot in
        let version = try snapshot.version(place.version, of: place.companion)
        return Material(
          version: version,
          question: RoleplayQuestion(
            persona: version.persona, rule: RatingRule(try snapshot.contentRating(), for: version.persona)))
      }
      guard isDue(question.version.persona, question.version.roleplay) else { return }
      guard try await keepDerived(question.version, place) else { return tell(.dropped, place) }
      tell(try await ask(question.question, making, place), place)
    } catch {
      if case .notFound = error { return tell(.dropped, place) }
      log.error(
        "What a persona comes to cannot be stored.", ["companion": place.companion, "error": "\(error)"])
      tell(.failed, place)
    }
  }

  private struct Material: Sendable {
    let version: CompanionVersion
    let question: RoleplayQuestion
  }

  private func keepDerived(
    _ version: CompanionVersion, _ place: Place
  ) async throws(EngineError) -> Bool {
    let derived = DerivedRoleplay(version.persona).roleplay(at: surroundings.wallClock.now())
    guard let derived else { return false }
    return try await store(derived, of: version.persona, at: place, cost: [])
  }

  private func ask(
    _ question: RoleplayQuestion, _ making: Making, _ place: Place
  ) async throws(EngineError) -> Outcome {
    let model = model()
    var cost: [(usage: Usage, model: String)] = []
    var (yields, isAgain) = (0, false)
    while !isEnding {
      let asking = Asking(
        question.request(isAgain), model: model, owner: place.owner, pool: pool, surroundings: surroundings,
        timeout: Self.timeout)
      making.asking = asking
      let heard = await asking.outcome { _ in }
      making.asking = nil
      if let usage = heard.usage { cost.append((usage, heard.model ?? model)) }
      if isEnding { break }
      switch heard.ending {
      case .finished:
        let maker = heard.model ?? model
        if let made = question.roleplay(in: heard.text, by: maker, at: surroundings.wallClock.now()) {
          return try await store(made, of: question.persona, at: place, cost: cost) ? .made : .dropped
        }
        if isAgain {
          try await pay(cost, place)
          return .rubbish
        }
        isAgain = true
      case .preempted:
        yields += 1
        if yields > Self.mostYields { return .yielded }
      case .timedOut: return .timeout
      case .failed(let error):
        log.notice(
          "A persona could not be put into few words.",
          ["companion": place.companion, "error": error.description])
        return .failed
      }
    }
    return .abandoned
  }

  /// Unless the persona is another by now, or its owner has written it by hand. False when nothing was stored.
  private func store(
    _ roleplay: CompanionVersion.Roleplay, of persona: Persona, at place: Place,
    cost: [(usage: Usage, model: String)]
  ) async throws(EngineError) -> Bool {
    let costs = cost.map { Cost(usage: $0.usage, model: $0.model) }
    let written = try await surroundings.writing(
      place.owner, Recording<Bool>?.none,
      events: { (companion: Companion?) in
        companion.map { [Event(owner: place.owner, .companionUpdated($0))] } ?? []
      }
    ) { transaction in
      for cost in costs {
        try transaction.add(cost.usage, model: cost.model, chat: nil, for: .writing)
      }
      let version = try transaction.version(place.version, of: place.companion)
      guard version.persona == persona, version.roleplay?.isByHand != true else { return nil }
      try transaction.set(roleplay, of: place.version, of: place.companion)
      return try transaction.companion(place.companion)
    } result: { (companion: Companion?) in
      companion != nil
    }
    surroundings.announce()
    return written.effect.map { $0 != nil } ?? false
  }

  private func pay(_ cost: [(usage: Usage, model: String)], _ place: Place) async throws(EngineError) {
    let costs = cost.map { Cost(usage: $0.usage, model: $0.model) }
    _ = try await surroundings.writing(place.owner, Recording<Bool>?.none) { transaction in
      for cost in costs {
        try transaction.add(cost.usage, model: cost.model, chat: nil, for: .writing)
      }
      return true
    } result: {
      $0
    }
  }

  private struct Cost: Sendable {
    let usage: Usage
    let model: String
  }

  private func tell(_ outcome: Outcome, _ place: Place) {
    surroundings.metrics.counter(
      "companion_roleplay_data", "Personas put into few words by a model, by how it ended.",
      labels: ["outcome": outcome.rawValue]
    ).add()
    log.info(
      "A model was asked for a persona in few words.",
      ["companion": place.companion, "version": place.version, "outcome": outcome.rawValue])
  }
}
