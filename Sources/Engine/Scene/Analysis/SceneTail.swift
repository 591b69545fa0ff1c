import Base
import Model
import Providers

/// The tail of one turn: the model is asked how the scene has changed, its answer is read, and the message gets the scene.
///
/// Nobody waits for it but who asks to. Whatever goes wrong leaves the scene as it was, and the next tail on the branch reads what this
/// one did not. On the loop; lives until its last commit.
@Loop
final class SceneTail {
  enum Outcome: String {
    /// The message has its scene.
    case read
    /// Twice something that is no answer.
    case rubbish
    /// The provider could not be asked, or gave no whole answer.
    case failed
    case timeout
    /// A reply needed the place.
    case yielded
    case cancelled
    /// The message was gone or another's when the answer came.
    case dropped
    /// Too many wait already.
    case crowded
    /// Scenes are not read in this chat any more.
    case off
    /// The daemon goes; the next start goes on.
    case abandoned
  }

  /// What a tail is about.
  struct Order {
    var turn: Turn
    let owner: Owner
    let chat: ULID
    /// The last message that the reply was told: where its line stands.
    var told: ULID?
    /// What the reply was asked for with, and what it said; nil for a tail of an earlier start.
    var prompt: (request: ChatRequest, said: String)?
    /// Who reads where the chat, as it was when the turn began, says so; nil asks the chat as it is now.
    var rule: AnalysisRule?
  }

  /// A tail gives its place to a reply so often, and then leaves it to the next.
  static let mostYields = 3

  private(set) var turn: Turn
  let order: Order
  private let seams: Seams
  private let ended = Latch()
  private(set) var outcome: Outcome?
  /// What keeps it from asking, or cuts it short.
  private var stop: Outcome?
  private var asking: Asking?
  private var cost: [(usage: Usage, model: String)] = []

  /// What a tail is given.
  struct Seams {
    var surroundings: Engine.Surroundings
    var pool: ProviderPool
    var records: TailRecords
    var defaults: AnalysisDefaults
    var log: Log
    /// Whether a reply stands, or is being written, right behind the one that is read: its own tail reads both.
    var isGoneOn: @Loop () -> Bool
    /// Goes on with a turn whose scene is to be drawn.
    var illustrate: @Loop (Turn) -> Void
  }

  init(_ order: Order, _ seams: Seams) {
    self.order = order
    self.seams = seams
    turn = order.turn
  }

  /// Once. Returns when the turn is over, or when the daemon goes.
  func run() async {
    if let stop { return await end(stop, nil, on: nil) }
    var material: TailRecords.Material?
    var result: (outcome: Outcome, answer: SceneAnswer?)
    do throws(EngineError) {
      material = try await seams.records.material(turn, of: order.owner)
      result = if let material { await read(material) } else { (.dropped, nil) }
    } catch {
      seams.log.error(
        "What a scene is to be read from cannot be read.", ["turn": turn.id, "error": "\(error)"])
      result = (.failed, nil)
    }
    if stop == .abandoned { result = (.abandoned, nil) }
    await end(result.outcome, result.answer, on: material?.base)
  }

  /// Ends without having asked anybody.
  func skip(_ outcome: Outcome) async { await end(outcome, nil, on: nil) }

  /// The answer is not waited for any more; `whenOver` tells when the turn is over.
  func cancel(_ reason: Outcome = .cancelled) {
    guard outcome == nil, stop == nil || reason == .abandoned else { return }
    stop = reason
    asking?.cancel()
  }

  func whenOver() async { await ended.wait() }

  // MARK: Asking

  private func read(_ material: TailRecords.Material) async -> (Outcome, SceneAnswer?) {
    guard let rule = order.rule ?? AnalysisRule(material.chat, seams.defaults) else { return (.off, nil) }
    let model = rule.reader == .fast ? seams.defaults.fastModel : turn.model
    var yields = 0
    var isAgain = false
    var defaults = seams.defaults
    while true {
      if let stop { return (stop, nil) }
      let request = request(material.question, rule, model, defaults, again: isAgain)
      let asking = Asking(
        request, model: model, owner: order.owner, pool: seams.pool, surroundings: seams.surroundings,
        timeout: defaults.timeout)
      self.asking = asking
      let heard = await asking.outcome { [weak self] why in self?.tell(why) }
      self.asking = nil
      if let usage = heard.usage { cost.append((usage, heard.model ?? model)) }
      if let stop { return (stop, nil) }
      switch heard.ending {
      case .finished(let isCut):
        if let answer = SceneAnswer(heard.text) { return (.read, answer) }
        if isAgain { return (.rubbish, nil) }
        isAgain = true
        // A model that thinks aloud needs more room for it.
        if isCut { defaults.maxTokens *= 2 }
        tell("rubbish")
      case .preempted:
        yields += 1
        if seams.isGoneOn() || yields > Self.mostYields { return (.yielded, nil) }
        tell("queued")
      case .timedOut: return (.timeout, nil)
      case .failed(let error):
        seams.log.notice("A scene could not be read.", ["turn": turn.id, "error": error.description])
        return (.failed, nil)
      }
    }
  }

  /// The reply's own beginning where the same model reads and has room for it.
  private func request(
    _ question: SceneQuestion, _ rule: AnalysisRule, _ model: String, _ defaults: AnalysisDefaults,
    again: Bool
  ) -> ChatRequest {
    var request: ChatRequest
    if rule.reader == .chat, let prompt = order.prompt {
      request = question.request(after: prompt.request, said: prompt.said, defaults, again: again)
      let needed = seams.pool.tokens(in: request.textBytes, model: model) + defaults.maxTokens
      if let window = seams.pool.window(of: model), needed > window {
        request = question.request(defaults, again: again)
      }
    } else {
      request = question.request(defaults, again: again)
    }
    request.turn = turn.id
    return request
  }

  private func tell(_ detail: String) {
    guard outcome == nil, stop == nil else { return }
    seams.surroundings.publish(Event(owner: order.owner, .turnPhase(turn, detail: detail)))
  }

  // MARK: The end

  private func end(_ result: Outcome, _ answer: SceneAnswer?, on base: SceneState?) async {
    var result = result
    if result == .abandoned {
      outcome = result
      return ended.open()
    }
    var over = turn
    over.phase = .done
    do throws(EngineError) {
      let stored = try await seams.records.finish(
        over, of: order.owner, answer, on: base, cost: cost, mayBeIllustrated: result != .cancelled)
      if answer != nil, stored.isDropped { result = .dropped }
      if stored.isIllustrated { over.phase = .illustrating }
    } catch {
      // The turn's row stays open: the next start reads the scene, or closes it.
      seams.log.error("The end of a turn cannot be stored.", ["turn": turn.id, "error": "\(error)"])
      result = .failed
    }
    if result != .read, result != .off { tell(result.rawValue) }
    outcome = result
    turn = over
    seams.log.info("A scene was asked for.", ["turn": turn.id, "outcome": result.rawValue])
    if turn.phase == .illustrating {
      seams.surroundings.publish(Event(owner: order.owner, .turnPhase(turn)))
      seams.illustrate(turn)
    } else {
      seams.surroundings.publish(Event(owner: order.owner, .turnEnded(turn)))
    }
    ended.open()
  }
}
