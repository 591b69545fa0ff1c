import Base
import Model
import Testing

@testable import Store

/// Jobs as rows: asked for once, over once, and in an order that a restart keeps.
@Suite struct JobTests {
  private func add(
    _ cast: Cast, chat: ULID?, companion: ULID? = nil, message: ULID? = nil, turn: ULID? = nil,
    priority: Int = 0
  ) async throws -> Job {
    let job = Job(
      id: cast.ids.make(), kind: .imagine, companion: companion, chat: chat, message: message,
      provider: "forge", priority: priority, createdAt: Timestamp(milliseconds: 0))
    return try await cast.vault.write {
      try $0.insert(NewJob(job, turn: turn, plan: "{\"prompt\":\"x\"}")).job
    }
  }

  private func change(
    _ cast: Cast, _ id: ULID, _ body: @escaping @Sendable (inout StoredJob) -> Void
  ) async throws -> Bool {
    try await cast.vault.write { transaction in
      var stored = try transaction.storedJob(id)
      body(&stored)
      return try transaction.update(stored)
    }
  }

  private func chat(_ cast: Cast) async throws -> ULID {
    let id = cast.ids.make()
    let companion = cast.companion
    _ = try await cast.vault.write { try $0.insert(NewChat(id: id, companion: companion, version: 1)) }
    return id
  }

  /// In the order of rounds, as the queue takes them.
  private func order(_ cast: Cast) async throws -> [ULID] {
    try await cast.vault.read { try $0.waitingJobs() }.sorted { ($0.round, $0.row) < ($1.round, $1.row) }
      .map(\.id)
  }

  @Test func `a job is read back as it was stored, through all that happens to it`() async throws {
    let cast = try await Cast.open()
    let line = try await cast.say("Look.")
    let turn = cast.ids.make()
    let job = try await add(
      cast, chat: cast.chat, companion: cast.companion, message: line.id, turn: turn, priority: 3)
    #expect(job.state == .queued && job.chat == cast.chat && job.message == line.id && job.priority == 3)
    let image = cast.ids.make()
    let later = Timestamp(milliseconds: 5000)
    #expect(
      try await change(cast, job.id) {
        ($0.job.state, $0.job.attempts, $0.starts, $0.remote) = (.running, 1, 1, "r-1")
        $0.job.startedAt = later
      })
    let waiting = try await cast.vault.read { try $0.waitingJobs() }
    #expect(waiting.map(\.id) == [job.id] && waiting[0].turn == turn && waiting[0].starts == 1)
    #expect(
      try await change(cast, job.id) {
        ($0.job.state, $0.job.image, $0.job.endedAt, $0.starts) = (.succeeded, image, later, 0)
      })
    let over = try await cast.vault.read { try $0.storedJob(job.id) }
    #expect(over.job.image == image && over.job.progress == 1 && over.job.startedAt == later)
    #expect(over.plan == "{\"prompt\":\"x\"}" && over.remote == "r-1" && over.job.change > job.change)
    #expect(try await cast.vault.read { try $0.openJobCount() } == 0)
    await cast.vault.close()
  }

  @Test func `what is over stays as it is, until it is begun anew`() async throws {
    let cast = try await Cast.open()
    let job = try await add(cast, chat: cast.chat)
    #expect(try await change(cast, job.id) { $0.job.state = .cancelled })
    #expect(try await change(cast, job.id) { $0.job.state = .succeeded } == false)
    #expect(try await cast.vault.read { try $0.storedJob(job.id).job.state } == .cancelled)
    #expect(try await cast.vault.write { try $0.reopen(job: job.id) })
    #expect(try await cast.vault.write { try $0.reopen(job: job.id) } == false)
    #expect(try await cast.vault.read { try $0.storedJob(job.id).job.state } == .queued)
    await cast.vault.close()
  }

  @Test func `chats take turns, whoever asked for how much before`() async throws {
    let cast = try await Cast.open()
    let (first, second, third) = (cast.chat, try await chat(cast), try await chat(cast))
    var a: [ULID] = []
    for _ in 0..<4 { a.append(try await add(cast, chat: first).id) }
    var b: [ULID] = []
    for _ in 0..<2 { b.append(try await add(cast, chat: second).id) }
    #expect(try await order(cast) == [a[0], b[0], a[1], b[1], a[2], a[3]])
    // Two rounds later somebody comes who has had nothing.
    for id in [a[0], b[0], a[1], b[1]] { _ = try await change(cast, id) { $0.job.state = .succeeded } }
    let c = try await add(cast, chat: third).id
    let free = try await add(cast, chat: nil).id
    #expect(try await order(cast) == [a[2], c, free, a[3]])
    await cast.vault.close()
  }

  @Test func `a chat's jobs are found by what they are for`() async throws {
    let cast = try await Cast.open()
    let line = try await cast.say("Look.")
    let asked = try await add(cast, chat: cast.chat, message: line.id).id
    let tail = try await add(cast, chat: cast.chat, message: line.id, turn: cast.ids.make()).id
    let chat = cast.chat
    #expect(try await cast.vault.read { try $0.openJobs(ofMessage: line.id) } == [asked, tail])
    #expect(try await cast.vault.read { try $0.unbegunTailJobs(inChat: chat) } == [tail])
    _ = try await change(cast, tail) { $0.job.attempts = 1 }
    #expect(try await cast.vault.read { try $0.unbegunTailJobs(inChat: chat) }.isEmpty)
    #expect(try await cast.vault.read { try $0.orphanedJobs() }.isEmpty)
    let entry = cast.ids.make()
    try await cast.vault.write { try $0.delete(message: line.id, children: nil, entry: entry) }
    #expect(Set(try await cast.vault.read { try $0.orphanedJobs() }) == [asked, tail])
    try await cast.vault.write { try $0.purge(entry) }
    // What it was for is gone for good; the job is there to be looked at.
    #expect(try await cast.vault.read { try $0.storedJob(asked).job.message } == nil)
    await cast.vault.close()
  }

  @Test func `jobs that have been over for a month leave a few at a time, and who syncs is told`()
    async throws
  {
    let time = Lock(Timestamp(milliseconds: 1_800_000_000_000))
    let cast = try await Cast.open(wallClock: WallClock { time.withLock { $0 } })
    var old: [ULID] = []
    for _ in 0..<6 {
      let job = try await add(cast, chat: nil)
      let now = time.withLock { $0 }
      _ = try await change(cast, job.id) { ($0.job.state, $0.job.endedAt) = (.failed, now) }
      old.append(job.id)
    }
    let open = try await add(cast, chat: nil).id
    time.withLock { $0 = $0 + .seconds(30 * 86_400) }
    let before = try await cast.vault.read { try $0.change() }
    let fresh = try await add(cast, chat: nil).id
    let listed = try await cast.vault.read { try $0.jobs(limit: 50).items.map(\.id) }
    #expect(listed == [fresh, open, old[5], old[4]])
    let gone = try await cast.vault.read { try $0.changes(since: before, limit: 100).items }
      .filter { $0.kind == "job" && $0.deleted == true }.map(\.id)
    #expect(Set(gone) == Set(old.prefix(4).map(\.description)))
    await cast.vault.close()
  }

  @Test func `a page of those that are open costs what is open`() async throws {
    let cast = try await Cast.open()
    var ids: [ULID] = []
    for _ in 0..<5 { ids.append(try await add(cast, chat: cast.chat).id) }
    for id in ids.prefix(2) { _ = try await change(cast, id) { $0.job.state = .cancelled } }
    let page = try await cast.vault.read { try $0.jobs(activeOnly: true, limit: 2) }
    #expect(page.items.map(\.id) == [ids[4], ids[3]])
    let rest = try await cast.vault.read {
      try $0.jobs(activeOnly: true, before: page.next, limit: 2)
    }
    #expect(rest.items.map(\.id) == [ids[2]] && rest.next == nil)
    await cast.vault.close()
  }
}
