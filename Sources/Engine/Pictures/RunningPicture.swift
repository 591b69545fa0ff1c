import Base
import Model
import Providers
import Store

/// One job under way, from the commit that counts its start to the one that ends it or puts it back. On the loop.
@Loop
final class RunningPicture {
  enum Outcome: Sendable, Equatable {
    case over
    /// It waits again, until then; nil is at once.
    case again(at: Timestamp?)
    /// The daemon goes: the next start goes on.
    case abandoned
  }

  struct Seams {
    var surroundings: Engine.Surroundings
    var records: PictureRecords
    var painter: any PicturePainter
    var workshop: PictureWorkshop
    var defaults: PictureDefaults
    var patience: PicturePatience
    var log: Log
  }

  private enum Ending: Sendable {
    case pictures([MadePicture])
    case failed(ProviderError)
    case cancelled
    case abandoned
  }

  let waiting: WaitingJob
  let owner: Owner
  /// Whose place it takes.
  let provider: String
  private let seams: Seams
  private let ended = Latch()
  private var stored: StoredJob?
  private var handle: (any PictureHandle)?
  private var hearing: Promise<Ending>?
  private var stop: Ending?
  private var told: Stopwatch?
  private var begun: Stopwatch

  /// Of what is told while it is made, the most a listener can see change.
  static let progressPause = Duration.milliseconds(250)
  /// A disk that takes nothing is tried again.
  static let storagePause = Duration.seconds(5)

  init(_ waiting: WaitingJob, owner: Owner, provider: String, seams: Seams) {
    self.waiting = waiting
    self.owner = owner
    self.provider = provider
    self.seams = seams
    begun = Stopwatch(seams.surroundings.clock)
  }

  /// As it is now, with how far it is; nil before its start is counted.
  var job: Job? { stored?.job }

  func whenOver() async { await ended.wait() }

  /// The queue's, when it has drawn its conclusions from the outcome.
  func close() { ended.open() }

  /// Taken back: the provider is told, where it can be.
  func cancel() {
    guard stop == nil else { return }
    stop = .cancelled
    handle?.cancel()
  }

  /// The daemon goes, and the provider goes on.
  func abandon() {
    stop = .abandoned
    handle?.abandon()
    hear(.abandoned)
  }

  // MARK: Its way

  /// Once. `swapped` is another job of the chat that takes this one's place in the order, and this one its.
  func run(swapped: (id: ULID, round: Int64)?) async -> Outcome {
    do throws(EngineError) {
      stored = try await seams.records.begin(
        waiting.id, of: owner, fresh: seams.painter.freshName(for: waiting.provider),
        round: swapped == nil ? nil : waiting.round, swapped: swapped)
    } catch {
      if case .notFound = error { return .over }
      seams.log.error("A picture's start cannot be counted.", ["job": waiting.id, "error": "\(error)"])
      return .again(at: seams.surroundings.wallClock.now() + Self.storagePause)
    }
    guard let begun = stored else { return .over }
    guard let plan = PicturePlan(begun.plan) else {
      return await end(
        .failed,
        TurnError(
          code: -32603, message: "What was asked for cannot be read.",
          data: ["reason": "internal", "retryable": false]))
    }
    let sources: PictureSources?
    do throws(TurnError) {
      sources = try await readSources(plan)
    } catch {
      return await end(.failed, error)
    }
    return await draw(plan, sources, model: waiting.provider, resuming: begun.isResumed)
  }

  private func draw(
    _ plan: PicturePlan, _ sources: PictureSources?, model: String, resuming: Bool
  ) async -> Outcome {
    let isStandIn = model != waiting.provider
    let remote = isStandIn ? nil : stored?.remote.map { RemoteJob($0) }
    let ending = await asked(plan.order, sources, model: model, remote: remote, resuming: resuming)
    switch stop ?? ending {
    case .abandoned: return .abandoned
    case .cancelled: return await end(.cancelled, nil)
    case .failed(let error): return await failed(error, plan, isStandIn: isStandIn)
    case .pictures(let made):
      guard let first = made.first else {
        let error = ProviderError(
          .unavailable, .malformed, provider: provider, detail: "it answered without a picture")
        return await failed(error, plan, isStandIn: isStandIn)
      }
      return await keep(first, plan, drawnBy: model)
    }
  }

  private func asked(
    _ order: PictureOrder, _ sources: PictureSources?, model: String, remote: RemoteJob?, resuming: Bool
  ) async -> Ending {
    if let stop { return stop }
    let hearing = Promise<Ending>()
    self.hearing = hearing
    handle = seams.painter.start(
      order, sources: sources, model: model, remote: remote, resuming: resuming,
      sink: { [weak self] event in self?.take(event, isStandIn: model != self?.waiting.provider) })
    let ending = await hearing.wait()
    handle = nil
    return ending
  }

  private func hear(_ ending: Ending) {
    let promise = hearing
    hearing = nil
    promise?.keep(ending)
  }

  private func take(_ event: PictureEvent, isStandIn: Bool) {
    switch event {
    case .accepted(let remote):
      guard !isStandIn, remote.text.utf8.count <= RemoteJob.maxBytes, stored?.remote != remote.text else {
        return
      }
      stored?.remote = remote.text
      if let stored { seams.records.note(stored, of: owner) }
    case .queued(let ahead):
      stored?.job.ahead = ahead
      tellProgress()
    case .progress(let progress): show(progress)
    case .pictures(let made): hear(.pictures(made))
    case .failure(let error): hear(.failed(error))
    case .cancelled: hear(.cancelled)
    }
  }

  private func show(_ progress: PictureProgress) {
    guard var stored else { return }
    let before = stored.job
    // What is kept afterwards is a part of the work as well.
    stored.job.progress = max(before.progress, min(progress.fraction, 0.99))
    (stored.job.step, stored.job.steps, stored.job.ahead) = (progress.step, progress.steps, nil)
    let elapsed = Double(begun.elapsed().wholeMilliseconds)
    stored.job.etaMs =
      progress.remaining?.wholeMilliseconds
      ?? (stored.job.progress >= 0.02
        ? Int64(elapsed / stored.job.progress * (1 - stored.job.progress)) : nil)
    self.stored = stored
    if stored.job != before { tellProgress() }
  }

  /// So often as anybody can see.
  private func tellProgress() {
    if let told, told.elapsed() < Self.progressPause { return }
    guard let job = stored?.job, stop == nil else { return }
    told = Stopwatch(seams.surroundings.clock)
    seams.surroundings.publish(Event(owner: owner, .jobProgress(job)))
  }

  private func readSources(_ plan: PicturePlan) async throws(TurnError) -> PictureSources? {
    guard plan.source != nil else { return nil }
    let gone = TurnError(
      code: 1, message: "The picture to start from is gone.",
      data: ["reason": "not_found", "retryable": false])
    guard let hashes = try? await seams.records.sources(plan, of: owner),
      let files = try? await seams.surroundings.vault(of: owner).pictures
    else { throw gone }
    let found = await seams.workshop.perform { hashes.map { files.read($0) } }
    guard let first = found.first, let picture = first else { throw gone }
    return PictureSources(picture: picture, mask: found.count > 1 ? found[1] : nil)
  }

  // MARK: Its end

  private func keep(_ made: MadePicture, _ plan: PicturePlan, drawnBy model: String) async -> Outcome {
    guard let vault = try? await seams.surroundings.vault(of: owner) else { return .abandoned }
    while true {
      do throws(PictureWorkshop.Trouble) {
        let kept = try await seams.workshop.keep(
          made.bytes, seams.defaults.size(of: plan.kind), in: vault.pictures)
        defer { kept.release() }
        return await store(kept, made, plan, drawnBy: model)
      } catch {
        switch error {
        case .fault(let fault):
          return await failed(fault.asProviderError(provider), plan, isStandIn: model != waiting.provider)
        case .storage(let error):
          // It is made and perhaps paid for: it waits for room like a reply does.
          guard error.isOfTheDisk, await pause() else {
            if let stop { return await stopped(stop) }
            return await end(.failed, .storage(EngineError(error)))
          }
        }
      }
    }
  }

  private func store(
    _ kept: PictureWorkshop.Kept, _ made: MadePicture, _ plan: PicturePlan, drawnBy model: String
  ) async -> Outcome {
    guard let stored else { return .over }
    var image = Image(
      id: seams.surroundings.ids.make(), companion: stored.job.companion, chat: stored.job.chat,
      message: stored.job.message, kind: plan.kind, width: kept.picture.width, height: kept.picture.height,
      bytes: Int64(kept.picture.jpeg.count), originalBytes: Int64(made.bytes.count),
      createdAt: seams.surroundings.wallClock.now())
    (image.prompt, image.negative) = (
      plan.order.prompt, plan.order.negative.isEmpty ? nil : plan.order.negative
    )
    (image.params, image.provider) = (plan.params, model)
    image.seed = (made.seed ?? plan.order.seed).map(String.init)
    image.placeholder = made.isPlaceholder || model != waiting.provider ? true : nil
    let new = NewImage(image, file: kept.file, thumb: kept.thumb, thumbBytes: kept.thumbBytes)
    while true {
      if let stop { return await stopped(stop) }
      do throws(EngineError) {
        let quota = seams.surroundings.limits.pictureQuotaBytes
        let finished = try await seams.records.finish(stored, plan, new, of: owner, quota: quota)
        self.stored?.job = finished.job
        return .over
      } catch {
        guard error.delay != nil, await pause() else {
          if let stop { return await stopped(stop) }
          return await end(.failed, .storage(error))
        }
      }
    }
  }

  private func stopped(_ stop: Ending) async -> Outcome {
    if case .abandoned = stop { return .abandoned }
    return await end(.cancelled, nil)
  }

  /// False when it is not to wait.
  private func pause() async -> Bool {
    guard stop == nil else { return false }
    return (try? await seams.surroundings.clock.sleep(for: Self.storagePause)) != nil && stop == nil
  }

  private func failed(
    _ error: ProviderError, _ plan: PicturePlan, isStandIn: Bool
  ) async -> Outcome {
    guard var stored else { return .over }
    seams.log.notice(
      "A picture was not made.",
      [
        "job": waiting.id, "provider": provider, "cause": error.cause.rawValue,
        "attempts": stored.job.attempts,
      ])
    if !isStandIn, case .again(let delay) = seams.patience.verdict(error, attempts: stored.job.attempts) {
      let at = delay > .zero ? seams.surroundings.wallClock.now() + delay : nil
      if !PicturePatience.keepsRemote(error) { stored.remote = nil }
      (stored.job.state, stored.job.nextTryAt, stored.starts) = (.queued, at, 0)
      if error.cause != .lost { stored.job.error = error.turnError }
      stored.job.clearProgress()
      return await putBack(stored, at)
    }
    if !isStandIn, let fallback = seams.defaults.fallback, plan.source == nil, stop == nil {
      stored.job.error = error.turnError
      self.stored = stored
      return await draw(plan, nil, model: fallback, resuming: false)
    }
    return await end(.failed, isStandIn ? stored.job.error ?? error.turnError : error.turnError)
  }

  private func putBack(_ stored: StoredJob, _ at: Timestamp?) async -> Outcome {
    do throws(EngineError) {
      // Not shown before it is stored: who sees that it waits may have it tried at once.
      try await seams.records.store(stored, of: owner, telling: false)
      self.stored = stored
      seams.surroundings.publish(Event(owner: owner, .jobProgress(stored.job)))
    } catch {
      self.stored = stored
      // In memory it waits all the same; after a restart the provider is asked as if it had not failed.
      seams.log.error("That a picture waits cannot be stored.", ["job": waiting.id, "error": "\(error)"])
    }
    // Who took it back meanwhile is served by the queue, which has it again.
    return .again(at: at)
  }

  private func end(_ state: Job.State, _ error: TurnError?) async -> Outcome {
    guard var ending = stored else { return .over }
    ending.job.state = state
    ending.job.endedAt = seams.surroundings.wallClock.now()
    if state == .failed { ending.job.error = error }
    ending.job.nextTryAt = nil
    ending.job.clearProgress()
    ending.starts = 0
    while true {
      do throws(EngineError) {
        try await seams.records.store(ending, of: owner, telling: true)
        stored = ending
        return .over
      } catch {
        seams.log.error("A picture's end cannot be stored.", ["job": waiting.id, "error": "\(error)"])
        if case .abandoned? = stop { return .abandoned }
        guard (try? await seams.surroundings.clock.sleep(for: Self.storagePause)) != nil else { return .over }
      }
    }
  }
}

extension Job {
  fileprivate mutating func clearProgress() {
    progress = 0
    (step, steps, ahead, etaMs) = (nil, nil, nil, nil)
  }
}

extension PictureFault {
  /// What a provider sent was no picture: that is its failure.
  fileprivate func asProviderError(_ provider: String) -> ProviderError {
    switch reason {
    case .tooLarge: ProviderError(.refused, .tooLarge, provider: provider, detail: message)
    case .unsupported, .broken: ProviderError(.unavailable, .malformed, provider: provider, detail: message)
    case .noMemory: ProviderError(.unavailable, .overload, provider: provider, detail: message)
    }
  }
}
