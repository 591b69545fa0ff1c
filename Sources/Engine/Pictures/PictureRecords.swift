import Base
import Model
import Providers
import Store

/// What the making of pictures reads and writes in the vault.
@Loop
final class PictureRecords {
  let surroundings: Engine.Surroundings

  init(_ surroundings: Engine.Surroundings) { self.surroundings = surroundings }

  // MARK: Begin

  /// Counts a start in a commit before anything begins. Nil when the job is over; one that ended the daemon each time it was begun
  /// is over from here on.
  func begin(
    _ id: ULID, of owner: Owner, fresh: RemoteJob?, round: Int64?, swapped: (id: ULID, round: Int64)?
  ) async throws(EngineError) -> StoredJob? {
    let now = surroundings.wallClock.now()
    let other = swapped.map { Swap(id: $0.id, round: $0.round) }
    let begun = try await surroundings.finishing(
      owner, events: { (begun: Begun) in begun.event.map { [Event(owner: owner, $0)] } ?? [] }
    ) { transaction in
      var stored = try transaction.storedJob(id)
      guard !stored.job.state.isOver else { return Begun() }
      if let round { stored.round = round }
      if let other { try transaction.set(round: other.round, ofJob: other.id) }
      stored.starts += 1
      stored.job.nextTryAt = nil
      guard stored.starts <= PicturePatience.mostStarts else {
        (stored.job.state, stored.job.error, stored.job.endedAt) = (.failed, TurnError.crashedPicture, now)
        _ = try transaction.update(stored)
        return Begun(event: .jobEnded(stored.job))
      }
      stored.job.state = .running
      // Looking for one that was placed is no new order.
      if stored.remote == nil {
        stored.remote = fresh?.text
        stored.isResumed = false
        stored.job.attempts += 1
      } else {
        stored.isResumed = true
      }
      if stored.job.startedAt == nil { stored.job.startedAt = now }
      _ = try transaction.update(stored)
      return Begun(stored: stored, event: .jobStarted(stored.job))
    }
    surroundings.announce()
    return begun.stored
  }

  private struct Begun: Sendable {
    var stored: StoredJob?
    var event: Event.Subject?
  }

  private struct Swap: Sendable {
    let id: ULID
    let round: Int64
  }

  /// How the provider knows it, stored as soon as it is known. Not waited for: whatever is stored of the job later comes after it.
  func note(_ stored: StoredJob, of owner: Owner) {
    guard let vault = surroundings.vaults.opened(owner) else { return }
    vault.submit(.finishing) {
      try $0.update(stored)
    } completion: { _ in
    }
  }

  /// The pictures that an order starts from.
  func sources(_ plan: PicturePlan, of owner: Owner) async throws(EngineError) -> [PictureHash] {
    let ids = [plan.source, plan.mask].compactMap { $0 }
    return try await surroundings.reading(owner) { snapshot in
      try ids.map { try snapshot.storedImage($0).file }
    }
  }

  // MARK: End

  /// A job as it is now, with what is told of it.
  func store(
    _ stored: StoredJob, of owner: Owner, telling isOver: Bool
  ) async throws(EngineError) {
    _ = try await surroundings.finishing(
      owner, events: { (did: Bool) in did && isOver ? [Event(owner: owner, .jobEnded(stored.job))] : [] }
    ) { transaction in
      try transaction.update(stored)
    }
    surroundings.announce()
  }

  struct Finished: Sendable {
    var job: Job
    var image: Image?
    var companion: Companion?
  }

  /// The last commit of a job that has its picture: row, job, portrait. What it was for may be gone meanwhile; then there is none.
  func finish(
    _ stored: StoredJob, _ plan: PicturePlan, _ new: NewImage, of owner: Owner, quota: Int64
  ) async throws(EngineError) -> Finished {
    let now = surroundings.wallClock.now()
    let vault = try await surroundings.vault(of: owner)
    let finished = try await surroundings.finishing(
      owner, events: { (finished: Finished) in finished.events(owner) }
    ) { transaction in
      var stored = stored
      stored.job.endedAt = now
      stored.starts = 0
      do {
        try transaction.check(pictureQuota: quota)
      } catch StoreError.body(let error as PictureQuotaExceeded) {
        (stored.job.state, stored.job.error) = (.failed, TurnError.quota(error.limit))
        _ = try transaction.update(stored)
        return Finished(job: stored.job)
      }
      guard try transaction.stillWanted(stored) else {
        stored.job.state = .cancelled
        _ = try transaction.update(stored)
        return Finished(job: stored.job)
      }
      stored.job.state = .succeeded
      stored.job.progress = 1
      stored.job.error = nil
      stored.job.image = new.image.id
      guard try transaction.update(stored) else {
        return Finished(job: try transaction.storedJob(stored.job.id).job)
      }
      _ = try transaction.insert(new)
      let image = vault.shown(try transaction.storedImage(new.image.id))
      var companion: Companion?
      if plan.isPortrait == true, let id = stored.job.companion {
        var edit = CompanionEdit()
        edit.portrait = .set(image.id)
        companion = try transaction.update(companion: id, edit)
      }
      return Finished(job: stored.job, image: image, companion: companion)
    }
    surroundings.announce()
    return finished
  }
}

extension PictureRecords.Finished {
  fileprivate func events(_ owner: Owner) -> [Event] {
    var subjects: [Event.Subject] = []
    if let image { subjects.append(.imageCreated(image)) }
    if let companion { subjects.append(.companionUpdated(companion)) }
    subjects.append(.jobEnded(job))
    return subjects.map { Event(owner: owner, $0) }
  }
}

extension Reading {
  /// Whether what a picture is for is there; what a tail makes is for the text its turn wrote, and no other.
  fileprivate func stillWanted(_ stored: StoredJob) throws -> Bool {
    do throws(StoreError) {
      if let companion = stored.job.companion { _ = try self.companion(companion) }
      if let chat = stored.job.chat { _ = try self.chat(chat) }
      guard let id = stored.job.message else { return true }
      let message = try message(id)
      return stored.turn == nil || message.turn == stored.turn
    } catch {
      if case .notFound = error { return false }
      throw error
    }
  }
}

extension TurnError {
  static let crashedPicture = TurnError(
    code: -32603,
    message:
      "The daemon ended \(PicturePatience.mostStarts) times while it made this picture, so it was given up.",
    data: ["reason": "crashed", "retryable": true])

  static func quota(_ limit: Int64) -> TurnError {
    TurnError(
      code: 7, message: "Your pictures take \(limit >> 20) MiB already, which is all they may; delete some.",
      data: ["reason": "too_large", "retryable": false, "limit": .integer(limit)])
  }

  static func storage(_ error: EngineError) -> TurnError {
    if case .storageFull = error {
      return TurnError(
        code: 11, message: "The disk is full; the picture could not be kept.",
        data: ["reason": "storage_full", "retryable": true])
    }
    return TurnError(
      code: 15, message: "The picture could not be stored; see the log.",
      data: ["reason": "storage_failed", "retryable": true])
  }
}
