import Base
import Model
import Providers
import Store

/// The last part of a turn's tail: a picture of the reply's scene. The job is a row of its own, so that nothing is lost here: a daemon
/// that starts again finds the job by its turn, or asks for it.
///
/// A newer reply's picture takes the place of one that nobody has begun; what is over the hour's limit is told as skipped.
@Loop
final class Illustrations {
  private final class Running {
    var turn: Turn
    let owner: Owner
    var job: ULID?
    var isCancelled = false
    let over = Latch()

    init(_ turn: Turn, _ owner: Owner) {
      self.turn = turn
      self.owner = owner
    }
  }

  private let surroundings: Engine.Surroundings
  private let pictures: PictureDesk
  private let log: Log
  private var running: [ULID: Running] = [:]
  private var isEnding = false

  init(_ surroundings: Engine.Surroundings, pictures: PictureDesk) {
    self.surroundings = surroundings
    self.pictures = pictures
    log = Log(surroundings.log, component: "pictures")
  }

  var count: Int { running.count }

  /// The turn is stored as illustrating.
  func begin(_ turn: Turn, of owner: Owner) {
    let one = Running(turn, owner)
    running[turn.id] = one
    guard !isEnding else { return }
    _ = surroundings.begin { [self] in
      await run(one)
      running[turn.id] = nil
      one.over.open()
    }
  }

  private func run(_ one: Running) async {
    do throws(EngineError) {
      one.job = try await findOrPlace(one)
    } catch {
      if case .notFound = error {
      } else {
        log.error("A reply's picture could not be asked for.", ["turn": one.turn.id, "error": "\(error)"])
      }
    }
    if let job = one.job {
      if one.isCancelled { try? await pictures.queue.cancel(job, of: one.owner) }
      await pictures.queue.whenOver(job, of: one.owner)
    }
    guard !isEnding else { return }
    await close(one)
  }

  private func findOrPlace(_ one: Running) async throws(EngineError) -> ULID? {
    let (turn, owner) = (one.turn, one.owner)
    guard let message = turn.replyId else { return nil }
    if let known = try await surroundings.reading(owner, { try $0.job(ofTurn: turn.id) }) { return known }
    let subject = try await pictures.subject(of: message, owner)
    let making: PictureDesk.Making
    do throws(EngineError) {
      let provider = try pictures.provider(pictures.defaults.picture)
      var wanted = try pictures.illustration(subject, message: message, provider: provider, priority: 0)
      wanted.turn = turn.id
      making = wanted
    } catch {
      skip(turn, subject, owner, error)
      return nil
    }
    if one.isCancelled { return nil }
    do throws(EngineError) {
      return try await place(making, in: subject.context.chat.id, owner)
    } catch {
      skip(turn, subject, owner, error)
      return nil
    }
  }

  private struct Placed: Sendable {
    var stored: StoredJob?
    var replaced: [Job] = []
  }

  private func place(_ making: PictureDesk.Making, in chat: ULID, _ owner: Owner) async throws(EngineError)
    -> ULID?
  {
    let (limits, now) = (surroundings.limits, surroundings.wallClock.now())
    let written = try await surroundings.writing(
      owner, Recording<Bool>?.none,
      events: { (placed: Placed) in
        placed.replaced.map { Event(owner: owner, .jobEnded($0)) }
          + (placed.stored.map { [Event(owner: owner, .jobCreated($0.job))] } ?? [])
      }
    ) { transaction in
      var placed = Placed()
      // The reply may have been reworded, or be gone, since the turn ended.
      guard let message = making.job.message, try transaction.message(message).turn == making.turn else {
        return placed
      }
      for id in try transaction.unbegunTailJobs(inChat: chat) {
        var older = try transaction.storedJob(id)
        (older.job.state, older.job.endedAt, older.job.nextTryAt) = (.cancelled, now, nil)
        if try transaction.update(older) { placed.replaced.append(older.job) }
      }
      placed.stored = try transaction.place([making], limits).first
      return placed
    } result: { _ in
      true
    }
    surroundings.announce()
    guard let placed = written.effect else { return nil }
    pictures.queue.forget(placed.replaced.map(\.id), of: owner)
    if let stored = placed.stored { pictures.queue.add([stored.waiting], of: owner) }
    return placed.stored?.job.id
  }

  /// The picture does not come; whoever listens hears which rule was in the way.
  private func skip(_ turn: Turn, _ subject: PictureDesk.Subject, _ owner: Owner, _ error: EngineError) {
    guard let told = error.asSkipped else {
      return log.error("A reply's picture could not be asked for.", ["turn": turn.id, "error": "\(error)"])
    }
    var job = pictures.job(
      .illustrate, companion: subject.context.chat.companion, provider: pictures.defaults.picture, priority: 0
    )
    (job.chat, job.message, job.state) = (subject.context.chat.id, turn.replyId, .cancelled)
    (job.error, job.endedAt) = (told, surroundings.wallClock.now())
    surroundings.publish(Event(owner: owner, .jobSkipped(job)))
  }

  private func close(_ one: Running) async {
    one.turn.phase = .done
    let over = one.turn
    do throws(EngineError) {
      _ = try await surroundings.finishing(one.owner, events: { (_: Bool) in [] }) { transaction in
        try transaction.update(over)
        return true
      }
    } catch {
      // The turn's row stays open: the next start finds its job over, and closes it.
      log.error("The end of a turn cannot be stored.", ["turn": one.turn.id, "error": "\(error)"])
    }
    surroundings.publish(Event(owner: one.owner, .turnEnded(over)))
  }

  // MARK: What others ask

  func turn(_ id: ULID, of owner: Owner) -> Turn? { one(id, of: owner)?.turn }

  /// Returns when the turn is over. At once when it has no picture to wait for.
  func whenOver(_ id: ULID, of owner: Owner) async { await one(id, of: owner)?.over.wait() }

  /// Returns when the turn is over; the reply stays as it is.
  func cancel(_ id: ULID, of owner: Owner) async {
    guard let one = one(id, of: owner) else { return }
    one.isCancelled = true
    if let job = one.job { try? await pictures.queue.cancel(job, of: owner) }
    await one.over.wait()
  }

  /// The daemon is going: the next start goes on.
  func abandonAll() { isEnding = true }

  private func one(_ id: ULID, of owner: Owner) -> Running? {
    running[id].flatMap { $0.owner == owner ? $0 : nil }
  }
}

extension EngineError {
  /// A rule of ours that keeps a picture from being made; nil for what is a fault.
  var asSkipped: TurnError? {
    switch self {
    case .rateLimited(let wait, let limit):
      TurnError(
        code: 4, message: "No more than \(limit).",
        data: [
          "reason": "rate_limited", "retryable": true, "retryAfterMs": .integer(wait),
          "limit": .string(limit),
        ])
    case .tooMany(let what, let limit):
      TurnError(
        code: 4, message: "No more than \(limit) \(what).",
        data: ["reason": "rate_limited", "retryable": true, "limit": .string("\(limit) \(what)")])
    case .tooLarge(_, let limit): .quota(limit)
    case .refused(let rule, let sentence):
      TurnError(
        code: 13, message: sentence,
        data: ["reason": "refused", "retryable": false, "rule": .string(rule)])
    case .providerFailed(let error): error
    default: nil
    }
  }
}
