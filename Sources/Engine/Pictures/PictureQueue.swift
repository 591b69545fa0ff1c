import Base
import Model
import Providers
import Store

/// Which picture is made next. Jobs are rows; here is only what is needed to choose among those that wait.
///
/// Each provider has so many places. For a free one owners take turns, an owner's chats take turns (the rounds their rows keep), and of a
/// chat's jobs the one with the greatest priority goes first, in the round of whichever would have been next.
@Loop
final class PictureQueue {
  private struct Lane {
    var waiting: [Owner: [WaitingJob]] = [:]
    /// Whose turn it is next stands first.
    var owners: [Owner] = []
  }

  private let surroundings: Engine.Surroundings
  private let records: PictureRecords
  private let painter: any PicturePainter
  private let workshop: PictureWorkshop
  private let log: Log
  private let patience = PicturePatience(random: .system)
  var defaults: PictureDefaults
  /// By the name that the jobs give their provider.
  private var lanes: [String: Lane] = [:]
  private var laneOrder: [String] = []
  private var running: [ULID: RunningPicture] = [:]
  /// Taken back, and that is being stored.
  private var leaving: Set<ULID> = []
  /// Of those that run, the ones that are not to wait when they fail.
  private var hurried: Set<ULID> = []
  private var endings: [ULID: [Latch]] = [:]
  private var timer: Task<Void, Never>?
  private var isEnding = false
  /// How long a clock that was set is not noticed.
  private static let longestSleep = Duration.seconds(30)

  init(_ surroundings: Engine.Surroundings, means: PictureMeans) {
    self.surroundings = surroundings
    records = PictureRecords(surroundings)
    painter = means.painter
    workshop = PictureWorkshop(maker: means.maker, executor: means.executor)
    defaults = means.defaults
    log = Log(surroundings.log, component: "pictures")
  }

  /// Jobs that are not over: a daemon with any is not idle.
  var count: Int {
    running.count + lanes.values.reduce(0) { $0 + $1.waiting.values.reduce(0) { $0 + $1.count } }
  }

  // MARK: In and out

  /// What an earlier start left, when the vault is opened and before anybody is served from it.
  func resume(_ jobs: [WaitingJob], of owner: Owner) {
    for job in jobs { insert(job, of: owner) }
    look()
  }

  /// Stored just now.
  func add(_ jobs: [WaitingJob], of owner: Owner) {
    for job in jobs { insert(job, of: owner) }
    look()
  }

  /// These are over by a commit of somebody else's: nobody begins with them any more.
  func forget(_ jobs: [ULID], of owner: Owner) {
    for job in jobs {
      _ = remove(job, of: owner)
      tellEnd(of: job)
    }
  }

  /// As it is now; nil while it waits.
  func job(_ id: ULID, of owner: Owner) -> Job? { picture(id, of: owner)?.job }

  /// Returns when the job is over, or the daemon goes.
  func whenOver(_ id: ULID, of owner: Owner) async {
    guard picture(id, of: owner) != nil || isWaiting(id, of: owner) || leaving.contains(id) else { return }
    let latch = Latch()
    endings[id, default: []].append(latch)
    await latch.wait()
  }

  /// Takes a job back in whatever state it is; returns when that is stored.
  func cancel(_ id: ULID, of owner: Owner) async throws(EngineError) {
    while true {
      if let running = picture(id, of: owner) {
        running.cancel()
        await running.whenOver()
        // It may have been put back in the same moment.
        if isEnding || !isWaiting(id, of: owner) { return }
      }
      guard let waiting = remove(id, of: owner) else { return }
      leaving.insert(id)
      defer { leaving.remove(id) }
      do throws(EngineError) {
        try await close(waiting.id, of: owner)
        return tellEnd(of: id)
      } catch {
        insert(waiting, of: owner)
        look()
        throw error
      }
    }
  }

  private func close(_ id: ULID, of owner: Owner) async throws(EngineError) {
    let now = surroundings.wallClock.now()
    _ = try await surroundings.finishing(
      owner, events: { (job: Job?) in job.map { [Event(owner: owner, .jobEnded($0))] } ?? [] }
    ) { transaction in
      var stored = try transaction.storedJob(id)
      (stored.job.state, stored.job.endedAt, stored.job.nextTryAt) = (.cancelled, now, nil)
      return try transaction.update(stored) ? stored.job : nil
    }
    surroundings.announce()
  }

  /// One that waits for another try has it as soon as there is a place.
  func hurry(_ id: ULID, of owner: Owner) {
    guard var job = remove(id, of: owner) else {
      // Its try has failed, and it is just coming back.
      if running[id] != nil { hurried.insert(id) }
      return
    }
    job.nextTry = nil
    insert(job, of: owner)
    look()
  }

  /// Something was deleted: what was to be made for it is not made.
  func dropOrphans(of owner: Owner) {
    guard count > 0 else { return }
    _ = surroundings.begin { [self] in
      guard let orphans = try? await surroundings.reading(owner, { try $0.orphanedJobs() }) else { return }
      for job in orphans { try? await cancel(job, of: owner) }
    }
  }

  /// The daemon goes: providers go on, and the next start finds what they made. Returns when it is stored that these starts were none
  /// of those that end a daemon.
  func abandonAll() async {
    isEnding = true
    timer?.cancel()
    let left = Array(running.values)
    for picture in left { picture.abandon() }
    for picture in left {
      await picture.whenOver()
      let id = picture.waiting.id
      _ = try? await surroundings.finishing(picture.owner, events: { (_: Bool) in [] }) { transaction in
        try transaction.rest(job: id)
        return true
      }
    }
    for latches in endings.values { for latch in latches { latch.open() } }
    endings = [:]
  }

  // MARK: Choosing

  /// Gives free places to those who wait. After whatever may have freed one, brought a job, or made time pass.
  func look() {
    guard !isEnding else { return }
    var goesOn = true
    while goesOn {
      goesOn = false
      for name in laneOrder {
        let traits = try? painter.traits(of: name)
        guard free(traits) > 0, let chosen = choose(in: name) else { continue }
        begin(chosen.job, of: chosen.owner, swapped: chosen.swapped, provider: traits?.provider ?? name)
        goesOn = true
      }
    }
    let empty = laneOrder.filter { lanes[$0]?.waiting.isEmpty ?? true }
    for name in empty { lanes[name] = nil }
    if !empty.isEmpty { laneOrder.removeAll { empty.contains($0) } }
    arm()
  }

  /// One whose provider is not there any more is begun, and fails by what the painter says of it.
  private func free(_ traits: PictureTraits?) -> Int {
    guard let traits else { return 1 }
    return traits.concurrency - running.values.count { $0.provider == traits.provider }
  }

  private struct Chosen {
    let job: WaitingJob
    let owner: Owner
    let swapped: (id: ULID, round: Int64)?
  }

  private func choose(in name: String) -> Chosen? {
    guard let lane = lanes[name] else { return nil }
    let now = surroundings.wallClock.now()
    for (turn, owner) in lane.owners.enumerated() {
      guard var jobs = lane.waiting[owner], let next = jobs.firstIndex(where: { $0.isDue(now) }) else {
        continue
      }
      let ofPlace = jobs.indices.filter { jobs[$0].place == jobs[next].place && jobs[$0].isDue(now) }
      // The first of the greatest: they stand in their order.
      var best = next
      for index in ofPlace where jobs[index].priority > jobs[best].priority { best = index }
      var swapped: (id: ULID, round: Int64)?
      var job = jobs[best]
      if best != next {
        swapped = (jobs[next].id, jobs[best].round)
        job.round = jobs[next].round
        jobs[next].round = jobs[best].round
      }
      jobs.remove(at: best)
      if swapped != nil { jobs.sort { $0.precedes($1) } }
      lanes[name]?.waiting[owner] = jobs.isEmpty ? nil : jobs
      var owners = lane.owners
      owners.remove(at: turn)
      if !jobs.isEmpty { owners.append(owner) }
      lanes[name]?.owners = owners
      return Chosen(job: job, owner: owner, swapped: swapped)
    }
    return nil
  }

  private func begin(
    _ job: WaitingJob, of owner: Owner, swapped: (id: ULID, round: Int64)?, provider: String
  ) {
    let picture = RunningPicture(
      job, owner: owner, provider: provider,
      seams: RunningPicture.Seams(
        surroundings: surroundings, records: records, painter: painter, workshop: workshop,
        defaults: defaults, patience: patience, log: log))
    running[job.id] = picture
    _ = surroundings.begin { [self] in
      let outcome = await picture.run(swapped: swapped)
      running[job.id] = nil
      let isHurried = hurried.remove(job.id) != nil
      switch outcome {
      case .over:
        count(picture.job?.state)
        tellEnd(of: job.id)
      case .again(let at):
        var job = job
        (job.nextTry, job.starts) = (isHurried ? nil : at, 0)
        insert(job, of: owner)
      case .abandoned: break
      }
      picture.close()
      look()
    }
  }

  private func count(_ state: Job.State?) {
    guard let state, state.isOver else { return }
    surroundings.metrics.counter(
      "companion_picture_jobs", "Pictures that were asked for, by how that ended.",
      labels: ["outcome": state.rawValue]
    ).add()
  }

  private func tellEnd(of job: ULID) {
    for latch in endings.removeValue(forKey: job) ?? [] { latch.open() }
  }

  // MARK: Time

  /// For the first that waits for another try. Times on the wall: looked at again before long, since that clock may be set.
  private func arm() {
    timer?.cancel()
    timer = nil
    let times = lanes.values.flatMap { $0.waiting.values.flatMap { $0.compactMap(\.nextTry) } }
    guard let first = times.min(), !isEnding else { return }
    let rest = first - surroundings.wallClock.now()
    let (clock, pause) = (surroundings.clock, min(max(rest, .milliseconds(1)), Self.longestSleep))
    timer = surroundings.begin { [weak self] in
      guard (try? await clock.sleep(for: pause)) != nil else { return }
      self?.look()
    }
  }

  // MARK: Keeping

  private func insert(_ job: WaitingJob, of owner: Owner) {
    if lanes[job.provider] == nil {
      lanes[job.provider] = Lane()
      laneOrder.append(job.provider)
    }
    var jobs = lanes[job.provider]?.waiting[owner] ?? []
    if jobs.isEmpty { lanes[job.provider]?.owners.append(owner) }
    // Most come last.
    var at = jobs.count
    while at > 0, job.precedes(jobs[at - 1]) { at -= 1 }
    jobs.insert(job, at: at)
    lanes[job.provider]?.waiting[owner] = jobs
  }

  private func remove(_ id: ULID, of owner: Owner) -> WaitingJob? {
    for name in laneOrder {
      guard let index = lanes[name]?.waiting[owner]?.firstIndex(where: { $0.id == id }) else { continue }
      let job = lanes[name]?.waiting[owner]?.remove(at: index)
      if lanes[name]?.waiting[owner]?.isEmpty == true {
        lanes[name]?.waiting[owner] = nil
        lanes[name]?.owners.removeAll { $0 == owner }
      }
      return job
    }
    return nil
  }

  private func isWaiting(_ id: ULID, of owner: Owner) -> Bool {
    lanes.values.contains { $0.waiting[owner]?.contains { $0.id == id } == true }
  }

  private func picture(_ id: ULID, of owner: Owner) -> RunningPicture? {
    running[id].flatMap { $0.owner == owner ? $0 : nil }
  }
}

extension WaitingJob {
  /// Whose turn it takes: its chat's, or where there is none its companion's.
  fileprivate var place: ULID? { chat ?? companion }

  fileprivate func precedes(_ other: WaitingJob) -> Bool { (round, row) < (other.round, other.row) }

  /// A time that is further ahead than any pause was stored by a clock that was set back since.
  fileprivate func isDue(_ now: Timestamp) -> Bool {
    guard let nextTry else { return true }
    return nextTry <= now || nextTry - now > PicturePatience.mostRetryAfter + PicturePatience.longest
  }
}
