package import Base
import Glibc
package import Model
package import Providers
import Store

/// An owner's pictures and the jobs that make them; `PictureDesk+Files` has what goes in and out as files.
@Loop
package final class PictureDesk {
  let surroundings: Engine.Surroundings
  let painter: any PicturePainter
  let workshop: PictureWorkshop
  let queue: PictureQueue
  let uploads: UploadDesk
  private let random = RandomSource.system
  package var defaults: PictureDefaults { didSet { queue.defaults = defaults } }

  init(_ surroundings: Engine.Surroundings, means: PictureMeans, uploads: UploadDesk) {
    self.surroundings = surroundings
    painter = means.painter
    workshop = PictureWorkshop(maker: means.maker, executor: means.executor)
    queue = PictureQueue(surroundings, means: means)
    defaults = means.defaults
    self.uploads = uploads
  }

  /// Jobs that are not over: a daemon with any is not idle.
  package var count: Int { queue.count }

  /// What an earlier start left, told by whoever opens the vault.
  func resume(_ jobs: [WaitingJob], of owner: Owner) { queue.resume(jobs, of: owner) }

  /// The daemon goes; providers go on.
  package func abandonAll() async { await queue.abandonAll() }

  // MARK: Asking for pictures

  /// One job a picture, each with a seed of its own.
  package func imagine(
    _ request: ImagineRequest, of owner: Owner, recording: Recording<[Job]>?, origin: Origin
  ) async throws(EngineError) -> Recorded<[Job]> {
    if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
    guard (1...PictureRules.mostOfOneCall).contains(request.count) else {
      throw .invalid(path: "count", expected: "1 to \(PictureRules.mostOfOneCall)")
    }
    try PictureRules.check(request.order)
    try await surroundings.reading(owner) { snapshot in
      for source in [request.source, request.mask] { if let source { _ = try snapshot.storedImage(source) } }
    }
    guard request.mask == nil || request.source != nil else {
      throw .invalid(path: "mask", expected: "a source beside it")
    }
    let usual = request.source == nil || request.provider != nil ? defaults.picture : try editor()
    let provider = try provider(request.provider ?? usual)
    if request.source != nil { try needsEditing(provider) }
    let companion = try await surroundings.reading(owner) { snapshot in
      try request.companion.map { try snapshot.companion(named: $0).id }
    }
    var order = request.order
    try PictureRules.rate(&order, by: try await rule(companion, of: owner))
    let first = order.seed ?? freshSeed()
    let makings = (0..<request.count).map { number in
      var order = order
      order.seed = first &+ UInt64(number)
      var plan = PicturePlan(order, as: request.source == nil ? .imagine : .edit)
      (plan.source, plan.mask) = (request.source, request.mask)
      return Making(
        job: job(.imagine, companion: companion, provider: provider, priority: Self.asked), plan: plan)
    }
    return try await place(makings, of: owner, recording, origin)
  }

  /// The same picture with another seed, or with this one.
  package func again(
    _ image: ULID, seed: UInt64?, of owner: Owner, recording: Recording<Job>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Job> {
    if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
    let image = try await surroundings.reading(owner) { try $0.storedImage(image).image }
    guard var plan = PicturePlan(of: image) else {
      throw .invalid(path: "image", expected: "a picture that was made here; this one was brought")
    }
    plan.order.seed = seed ?? freshSeed()
    try PictureRules.rate(&plan.order, by: try await rule(image.companion, of: owner))
    let provider = try provider(image.provider.flatMap { known($0) } ?? defaults.picture)
    if plan.source != nil { try needsEditing(provider) }
    plan.isPortrait = image.kind == .portrait ? true : nil
    var job = job(.again, companion: image.companion, provider: provider, priority: Self.asked)
    (job.chat, job.message) = (image.chat, image.message)
    return try await place([Making(job: job, plan: plan)], of: owner, recording?.ofOne, origin).first
  }

  /// Changes a picture as it is told to.
  package func edit(
    _ image: ULID, instruction: String, provider name: String? = nil, of owner: Owner,
    recording: Recording<Job>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Job> {
    if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
    var order = PictureOrder(prompt: instruction)
    order.seed = freshSeed()
    do throws(EngineError) {
      try PictureRules.check(order)
    } catch {
      if case .invalid(_, let expected) = error { throw .invalid(path: "instruction", expected: expected) }
      throw error
    }
    let image = try await surroundings.reading(owner) { try $0.storedImage(image).image }
    try PictureRules.rate(&order, by: try await rule(image.companion, of: owner))
    let usual = name == nil ? try editor() : ""
    let provider = try provider(name ?? usual)
    try needsEditing(provider)
    var plan = PicturePlan(order, as: .edit)
    plan.source = image.id
    var job = job(.edit, companion: image.companion, provider: provider, priority: Self.asked)
    job.chat = image.chat
    return try await place([Making(job: job, plan: plan)], of: owner, recording?.ofOne, origin).first
  }

  // MARK: Jobs

  /// The newest first; those that run as they are now.
  package func jobs(
    activeOnly: Bool, cursor: String?, limit: Int, of owner: Owner
  ) async throws(EngineError) -> (items: [Job], next: String?) {
    let before = try PageCursor.position(cursor)
    let page = try await surroundings.reading(owner) { snapshot in
      try snapshot.jobs(activeOnly: activeOnly, before: before, limit: limit)
    }
    return (page.items.map { live($0, of: owner) }, page.next.map { PageCursor.text($0) })
  }

  package func job(_ id: ULID, of owner: Owner) async throws(EngineError) -> Job {
    live(try await surroundings.reading(owner) { try $0.storedJob(id).job }, of: owner)
  }

  private func live(_ job: Job, of owner: Owner) -> Job {
    guard !job.state.isOver, let running = queue.job(job.id, of: owner) else { return job }
    return running
  }

  /// From any client, in whatever state; one that is over stays as it is.
  package func cancel(
    _ id: ULID, of owner: Owner, recording: Recording<Job>? = nil
  ) async throws(EngineError) -> Recorded<Job> {
    _ = try await job(id, of: owner)
    try await queue.cancel(id, of: owner)
    return try await surroundings.writing(owner, recording) {
      try $0.storedJob(id).job
    } result: {
      $0
    }.recorded
  }

  /// One that failed or was taken back begins anew; one that waits for another try has it now.
  package func retry(
    _ id: ULID, of owner: Owner, recording: Recording<Job>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Job> {
    if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
    let found = try await surroundings.reading(owner) { try $0.storedJob(id) }
    switch found.job.state {
    case .succeeded:
      throw .invalid(path: "job", expected: "a job that failed or was cancelled; this one has its picture")
    case .running: throw .invalid(path: "job", expected: "a job that failed or was cancelled; this one runs")
    case .queued: queue.hurry(id, of: owner)
    case .failed, .cancelled:
      if var order = PicturePlan(found.plan)?.order {
        try PictureRules.rate(&order, by: try await rule(found.job.companion, of: owner))
      }
    }
    let quota = surroundings.limits.pictureQuotaBytes
    let written = try await surroundings.writing(
      owner, recording,
      events: { (stored: StoredJob) in [Event(owner: owner, .jobCreated(stored.job), origin: origin)] }
    ) { transaction in
      try transaction.check(pictureQuota: quota)
      _ = try transaction.reopen(job: id)
      return try transaction.storedJob(id)
    } result: {
      $0.job
    }
    surroundings.announce()
    if let stored = written.effect, found.job.state.isOver { queue.add([stored.waiting], of: owner) }
    return written.recorded
  }

  /// Returns when the job is over, or the daemon goes.
  package func waitForEnd(_ job: ULID, of owner: Owner) async { await queue.whenOver(job, of: owner) }

  // MARK: Placing

  struct Making: Sendable {
    var job: Job
    var plan: PicturePlan
    var turn: ULID?
  }

  /// Of a chat's jobs, those that a person asked for go before those that come by themselves.
  static let asked = 10

  func job(_ kind: Job.Kind, companion: ULID?, provider: String, priority: Int) -> Job {
    Job(
      id: surroundings.ids.make(), kind: kind, companion: companion, provider: provider, priority: priority,
      createdAt: surroundings.wallClock.now())
  }

  /// Stores jobs and counts them against the hour's limit, in one commit; then they wait.
  func place(
    _ makings: [Making], of owner: Owner, _ recording: Recording<[Job]>?, _ origin: Origin
  ) async throws(EngineError) -> Recorded<[Job]> {
    let limits = surroundings.limits
    let written = try await surroundings.writing(
      owner, recording,
      events: { (stored: [StoredJob]) in
        stored.map { Event(owner: owner, .jobCreated($0.job), origin: origin) }
      }
    ) { transaction in
      try transaction.place(makings, limits)
    } result: {
      $0.map(\.job)
    }
    surroundings.announce()
    if let stored = written.effect { queue.add(stored.map(\.waiting), of: owner) }
    return written.recorded
  }

  // MARK: Who draws, and what may be drawn

  /// A name that somebody draws by.
  func provider(_ name: String) throws(EngineError) -> String {
    do throws(ProviderError) {
      _ = try painter.traits(of: name)
      return name
    } catch {
      throw .providerFailed(error.turnError)
    }
  }

  private func known(_ name: String) -> String? { (try? painter.traits(of: name)) == nil ? nil : name }

  func editor() throws(EngineError) -> String {
    if let edit = defaults.edit { return edit }
    if (try? painter.traits(of: defaults.picture))?.edits == true { return defaults.picture }
    throw .unsupported("No provider here changes pictures; name one in the configuration as defaults.edit.")
  }

  private func needsEditing(_ provider: String) throws(EngineError) {
    guard (try? painter.traits(of: provider))?.edits == true else {
      throw .unsupported("\(provider) cannot start from a picture.")
    }
  }

  func freshSeed() -> UInt64 { random.next() & 0xFFFF_FFFF }

  /// What may be drawn of a companion, or of nobody in particular.
  func rule(_ companion: ULID?, of owner: Owner) async throws(EngineError) -> RatingRule {
    try await surroundings.reading(owner) { snapshot in
      let rating = try snapshot.contentRating()
      guard let companion else { return RatingRule(rating, for: Persona(name: "")) }
      let found = try snapshot.companion(companion)
      return RatingRule(
        rating, for: try snapshot.version(found.version, of: companion), of: companion)
    }
  }
}

extension Transaction {
  /// On the writer's thread.
  func place(_ makings: [PictureDesk.Making], _ limits: Limits) throws -> [StoredJob] {
    let open = try openJobCount()
    guard open + makings.count <= limits.maxOpenJobs else {
      throw EngineError.tooMany(what: "pictures that wait", limit: limits.maxOpenJobs)
    }
    try check(pictureQuota: limits.pictureQuotaBytes)
    for _ in makings { try take(rate: "pictures", limit: limits.picturesPerHour, per: .seconds(3600)) }
    return try makings.map { making in
      // What it is to be made for and of must be there when it is asked for.
      for source in [making.plan.source, making.plan.mask] { if let source { _ = try storedImage(source) } }
      return try insert(NewJob(making.job, turn: making.turn, plan: making.plan.text))
    }
  }
}

extension Recording where Value == Job {
  /// For a call that asks for one picture, where pictures are asked for by the number.
  var ofOne: Recording<[Job]> {
    let encode = encode
    return Recording<[Job]>(key: key, method: method, fingerprint: fingerprint) { jobs in
      guard let job = jobs.first else { preconditionFailure("one job was asked for") }
      return try encode(job)
    }
  }
}

extension Recorded where Value == [Job] {
  var first: Recorded<Job> {
    map { jobs in
      guard let job = jobs.first else { preconditionFailure("one job was asked for") }
      return job
    }
  }
}
