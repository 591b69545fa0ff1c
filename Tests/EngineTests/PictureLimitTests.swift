import Base
import Engine
import Model
import Providers
import Store
import TestSupport
import Testing

/// What stops a job before it begins, and what becomes of jobs when the daemon stops.
@Suite(.timeLimit(.minutes(2)), .enabled(if: PictureStand.isAsked)) struct PictureLimitTests {
  private let mira = EngineHouse.mira

  @Test func `10 an hour work and the 11th is told when to come again, also after a restart`() async throws {
    let time = Lock(Timestamp(milliseconds: 1_800_000_000_000))
    let wallClock = WallClock { time.withLock { $0 } }
    let first = try await PictureStand(limits: Limits(), wallClock: wallClock)
    _ = try await first.imagine("x", count: 8)
    time.withLock { $0 = $0 + .seconds(60) }
    _ = try await first.imagine("x", count: 2)
    func refusal(_ stand: PictureStand) async -> Int64? {
      do {
        _ = try await stand.imagine("x")
        return nil
      } catch .rateLimited(let wait, let limit) {
        #expect(limit == "10 pictures an hour")
        return wait
      } catch {
        Issue.record("\(error)")
        return nil
      }
    }
    #expect(await refusal(first) == 3_540_000)
    // All of a call, or nothing of it.
    time.withLock { $0 = $0 + .seconds(3540) }
    await Task { @Loop in await first.desk.abandonAll() }.value
    await first.house.vaults.close()
    let second = try await PictureStand(limits: Limits(), in: first.house.folder, wallClock: wallClock)
    let nine = await failureKind { () async throws(EngineError) in
      _ = try await second.imagine("x", count: 8).count
      _ = try await second.imagine("x")
    }
    #expect(nine == "rateLimited")
    let jobs = try await second.desk.jobs(activeOnly: false, cursor: nil, limit: 100, of: mira)
    #expect(jobs.items.count == 18)
    await second.house.vaults.close()
  }

  @Test func `a queue has an end`() async throws {
    var limits = Limits()
    (limits.picturesPerHour, limits.maxOpenJobs) = (0, 3)
    let stand = try await PictureStand(limits: limits)
    let jobs = try await stand.imagine("x", count: 3)
    let refused = await failureKind { () async throws(EngineError) in _ = try await stand.imagine("x") }
    #expect(refused == "tooMany")
    _ = try await stand.cancel(jobs[0].id)
    _ = try await stand.imagine("x")
    await stand.house.vaults.close()
  }

  @Test func `a full quota refuses, and a picture that would go past it is not kept`() async throws {
    var limits = Limits()
    (limits.picturesPerHour, limits.pictureQuotaBytes) = (0, 10)
    let stand = try await PictureStand(limits: limits)
    let jobs = try await stand.imagine("x", count: 2)
    for number in 1...2 {
      let placed = await stand.painter.order(number)
      await Task { @Loop in placed.paint("1234567 \(number)") }.value
      _ = try await stand.over(jobs[number - 1].id)
    }
    let second = try await stand.job(jobs[1].id)
    #expect(second.state == .failed && second.error?.reason == "too_large")
    let refused = await failureKind { () async throws(EngineError) in _ = try await stand.imagine("x") }
    #expect(refused == "tooLarge")
    await stand.house.vaults.close()
  }

  @Test(arguments: [
    "naked at the beach", "a nude", "NSFW", "gore", "wearing no clothes",
  ]) func `what is not for all ages is refused`(prompt: String) async throws {
    let stand = try await PictureStand()
    do {
      _ = try await stand.imagine(prompt)
      Issue.record("\(prompt) was taken")
    } catch .refused(let rule, let sentence) {
      #expect(rule == "rating" && sentence.contains("all ages"))
    }
    for change in [
      { (request: inout ImagineRequest) in request.styles = [prompt] },
      { request in request.extra = ["deep": .array([.object(["er": .string(prompt)])])] },
      { request in request.loras = [.init(prompt)] },
    ] as [(inout ImagineRequest) -> Void] {
      let refused = await failureKind { () async throws(EngineError) in
        _ = try await stand.imagine("a harbour", change)
      }
      #expect(refused == "refused")
    }
    #expect(try await stand.desk.jobs(activeOnly: false, cursor: nil, limit: 9, of: mira).items.isEmpty)
    await stand.house.vaults.close()
  }

  @Test func `what a picture must not show is kept out of it, and nothing is said in its place`() async throws
  {
    let stand = try await PictureStand()
    let job = try await stand.imagine("a harbour") { $0.negative = "rain, nude" }[0]
    let placed = await stand.painter.order(1)
    await Task { @Loop in
      #expect(placed.order.negative.hasPrefix("rain, nude, nsfw, naked"))
      placed.paint("x")
    }.value
    _ = try await stand.over(job.id)
    let refused = await failureKind { () async throws(EngineError) in
      _ = try await stand.imagine("a harbour") { $0.extra = ["Negative_Prompt": ""] }
    }
    #expect(refused == "invalid")
    await stand.house.vaults.close()
  }

  // MARK: Restarts

  @Test func `a restart looks for what was placed, and counts what was not`() async throws {
    let first = try await PictureStand()
    let jobs = try await first.imagine("x", count: 2)
    let placed = await first.painter.order(1)
    await Task { @Loop in placed.tell(.accepted(RemoteJob("r-1"))) }.value
    await Task { @Loop in await first.desk.abandonAll() }.value
    #expect(await Task { @Loop in placed.isAbandoned && !placed.isCancelled }.value)
    await first.house.vaults.close()
    let second = try await PictureStand(in: first.house.folder)
    let found = await second.painter.order(1)
    await Task { @Loop in
      #expect(found.resuming && found.remote == RemoteJob("r-1"))
      found.paint("x")
    }.value
    #expect(try await second.over(jobs[0].id).attempts == 1)
    let other = await second.painter.order(2)
    await Task { @Loop in
      #expect(!other.resuming)
      other.paint("y")
    }.value
    #expect(try await second.over(jobs[1].id).state == .succeeded)
    #expect(try await second.files() == (4, 4))
    await second.house.vaults.close()
  }

  @Test func `a name of ours is stored before the provider is asked`() async throws {
    let first = try await PictureStand()
    await Task { @Loop in first.painter.memory = .ourName }.value
    _ = try await first.imagine("x")
    let placed = await first.painter.order(1)
    let name = await Task { @Loop in placed.remote }.value
    await Task { @Loop in await first.desk.abandonAll() }.value
    await first.house.vaults.close()
    let second = try await PictureStand(in: first.house.folder)
    let found = await second.painter.order(1)
    await Task { @Loop in #expect(found.resuming && found.remote == name && name != nil) }.value
    await second.house.vaults.close()
  }

  @Test func `a job that ends the daemon each time it is begun is given up after three`() async throws {
    var stand = try await PictureStand()
    let job = try await stand.imagine("x")[0]
    for start in 1...3 {
      _ = await stand.painter.order(1)
      // As a crash leaves it: nothing is said to anybody.
      await stand.house.vaults.close()
      let folder = stand.house.folder
      stand = try await PictureStand(in: folder)
      if start < 3 { #expect(try await stand.job(job.id).state != .failed) }
    }
    let over = try await stand.over(job.id)
    #expect(over.state == .failed && over.error?.reason == "crashed")
    #expect(await Task { @Loop in stand.painter.placed.isEmpty }.value)
    await stand.house.vaults.close()
  }

  @Test func `five orderly restarts give up nothing`() async throws {
    var stand = try await PictureStand()
    let job = try await stand.imagine("x")[0]
    for _ in 1...5 {
      _ = await stand.painter.order(1)
      let desk = stand.desk
      await Task { @Loop in await desk.abandonAll() }.value
      await stand.house.vaults.close()
      let folder = stand.house.folder
      stand = try await PictureStand(in: folder)
    }
    let placed = await stand.painter.order(1)
    await Task { @Loop in placed.paint("x") }.value
    #expect(try await stand.over(job.id).state == .succeeded)
    await stand.house.vaults.close()
  }
}
