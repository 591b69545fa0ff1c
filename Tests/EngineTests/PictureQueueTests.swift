import Base
import Engine
import Model
import Providers
import Store
import TestSupport
import Testing

/// Jobs from the call to the picture, and everything that can come between.
@Suite(.timeLimit(.minutes(2)), .enabled(if: PictureStand.isAsked)) struct PictureQueueTests {
  private let mira = EngineHouse.mira

  private func failure(_ cause: ProviderError.Cause, after: Duration? = nil) -> PictureEvent {
    let isRefusal = [.key, .content, .request, .model].contains(cause)
    return .failure(
      ProviderError(
        isRefusal ? .refused : .unavailable, cause, provider: "easel", detail: "so it is", retryAfter: after))
  }

  private func topics(_ stand: PictureStand) -> [String] {
    stand.house.told.events.compactMap { event in
      switch event.subject {
      case .jobCreated: "created"
      case .jobStarted: "started"
      case .jobEnded(let job): "ended \(job.state.rawValue)"
      case .imageCreated: "image"
      default: nil
      }
    }
  }

  @Test func `what is asked for is made, kept as files, and told of`() async throws {
    let stand = try await PictureStand()
    let job = try await stand.imagine("a harbour at dawn") { $0.companion = "ada" }[0]
    #expect(job.state == .queued && job.companion == stand.companion && job.provider == "easel")
    let placed = await stand.painter.order(1)
    await Task { @Loop in
      #expect(placed.order.prompt == "a harbour at dawn" && placed.order.seed != nil && !placed.resuming)
      placed.tell(.accepted(RemoteJob("r-1")))
      placed.paint("harbour")
    }.value
    let over = try await stand.over(job.id)
    #expect(over.state == .succeeded && over.progress == 1 && over.attempts == 1 && over.error == nil)
    let image = try await stand.desk.image(try #require(over.image), of: mira)
    #expect(
      image.kind == .imagine && image.companion == stand.companion && image.prompt == "a harbour at dawn")
    #expect(
      image.bytes == 8 && image.originalBytes == 8 && image.provider == "easel" && image.placeholder == nil)
    let data = try await stand.desk.data(image.id, thumb: false, of: mira) { $0.data }
    #expect(Array(data) == Array("Pharbour".utf8))
    let thumb = try await stand.desk.data(image.id, thumb: true, of: mira) { $0.data }
    #expect(Array(thumb) == Array("TPharbour".utf8))
    #expect(topics(stand) == ["created", "started", "image", "ended succeeded"])
    #expect(try await stand.files() == (2, 2))
    await stand.house.vaults.close()
  }

  @Test func `each of several has a seed of its own, and all are one call`() async throws {
    let stand = try await PictureStand()
    let jobs = try await stand.imagine("three", count: 3) { $0.seed = UInt64.max }
    var seeds: [UInt64?] = []
    for number in 1...3 {
      let placed = await stand.painter.order(number)
      seeds.append(await Task { @Loop in placed.order.seed }.value)
      await Task { @Loop in placed.paint("\(number)") }.value
    }
    #expect(seeds == [.max, 0, 1])
    for job in jobs { #expect(try await stand.over(job.id).state == .succeeded) }
    let seed = try await stand.desk.image(try #require(try await stand.job(jobs[0].id).image), of: mira).seed
    #expect(seed == "18446744073709551615")
    await stand.house.vaults.close()
  }

  @Test func `a provider gets so many at a time as it says`() async throws {
    let stand = try await PictureStand()
    await Task { @Loop in stand.painter.concurrency = 2 }.value
    let jobs = try await stand.imagine("x", count: 5)
    let second = await stand.painter.order(2)
    #expect(await Task { @Loop in stand.painter.placed.count }.value == 2)
    await Task { @Loop in second.paint("x") }.value
    _ = await stand.painter.order(3)
    let states = try await jobs.count { try await stand.job($0.id).state == .running }
    #expect(states == 2)
    #expect(await Task { @Loop in stand.desk.count }.value == 4)
    await Task { @Loop in
      stand.painter.onPlaced = { $0.paint("y") }
      for placed in stand.painter.placed where !placed.isOver { placed.paint("y") }
    }.value
    for job in jobs { #expect(try await stand.over(job.id).state == .succeeded) }
    #expect(await Task { @Loop in stand.desk.count }.value == 0)
    await stand.house.vaults.close()
  }

  // MARK: Progress

  @Test func `how far it is can be asked at any time, and is told so often as anybody can see`() async throws
  {
    let stand = try await PictureStand()
    let job = try await stand.imagine("slow")[0]
    let placed = await stand.painter.order(1)
    await Task { @Loop in
      for step in 1...20 {
        placed.tell(
          .progress(
            PictureProgress(
              fraction: Double(step) / 20, step: step, steps: 20, remaining: .seconds(20 - step))))
      }
    }.value
    let now = try await stand.job(job.id)
    #expect(now.state == .running && now.step == 20 && now.steps == 20 && now.etaMs == 0)
    // All of it is made; what is kept of it is not.
    #expect(now.progress == 0.99)
    let told = stand.house.told.events.count { if case .jobProgress = $0.subject { true } else { false } }
    #expect(told == 1)
    stand.house.clock.advance(by: .milliseconds(250))
    await Task { @Loop in
      placed.tell(.progress(PictureProgress(fraction: 0.999, step: 21, steps: 20)))
      placed.paint("slow")
    }.value
    _ = try await stand.over(job.id)
    await stand.house.vaults.close()
  }

  // MARK: Cancelling

  @Test func `a job is taken back in whatever state it is`() async throws {
    let stand = try await PictureStand()
    let jobs = try await stand.imagine("x", count: 3)
    let placed = await stand.painter.order(1)
    // One that waits.
    let waiting = try await stand.cancel(jobs[2].id)
    #expect(waiting.state == .cancelled && waiting.endedAt != nil && waiting.attempts == 0)
    // One that runs: the provider is told, and the place is free.
    let running = try await stand.cancel(jobs[0].id)
    #expect(running.state == .cancelled && running.error == nil)
    #expect(await Task { @Loop in placed.isCancelled }.value)
    // One that waits for another try.
    let second = await stand.painter.order(2)
    await Task { @Loop in second.tell(failure(.connection)) }.value
    let held = try await stand.await(jobs[1].id) { $0.nextTryAt != nil }
    #expect(held.state == .queued && held.attempts == 1 && held.error?.reason == "provider_unavailable")
    #expect(try await stand.cancel(jobs[1].id).state == .cancelled)
    // One that is over stays as it is.
    #expect(try await stand.cancel(jobs[1].id).state == .cancelled)
    #expect(await Task { @Loop in stand.desk.count }.value == 0)
    #expect(topics(stand).count { $0 == "ended cancelled" } == 3)
    let strange = await failureKind { () async throws(EngineError) in
      _ = try await stand.cancel(stand.chat)
    }
    #expect(strange == "notFound")
    await stand.house.vaults.close()
  }

  @Test func `a picture that comes after it was taken back is not kept`() async throws {
    let stand = try await PictureStand()
    let job = try await stand.imagine("x")[0]
    let placed = await stand.painter.order(1)
    await Task { @Loop in placed.heedsCancel = false }.value
    async let cancelled = stand.cancel(job.id)
    while await !Task(operation: { @Loop in placed.isCancelled }).value { await Task.yield() }
    await Task { @Loop in placed.paint("late") }.value
    #expect(try await cancelled.state == .cancelled)
    #expect(try await stand.files() == (0, 0))
    await stand.house.vaults.close()
  }

  @Test func `another's job is nobody's`() async throws {
    let stand = try await PictureStand()
    let job = try await stand.imagine("x")[0]
    let refused = await failureKind { () async throws(EngineError) in
      _ = try await stand.cancel(job.id, of: EngineHouse.jon)
    }
    #expect(refused == "notFound")
    #expect(try await stand.job(job.id).state != .cancelled)
    await stand.house.vaults.close()
  }

  // MARK: Failing

  @Test func `a provider that is away for a minute is met again`() async throws {
    let time = Lock(Timestamp(milliseconds: 1_800_000_000_000))
    let stand = try await PictureStand(wallClock: WallClock { time.withLock { $0 } })
    let job = try await stand.imagine("x")[0]
    var waited = Duration.zero
    for attempt in 1...6 {
      let placed = await stand.painter.order(attempt)
      await Task { @Loop in placed.tell(failure(.connection)) }.value
      let held = try await stand.await(job.id) { $0.nextTryAt != nil && $0.attempts == attempt }
      let pause = try #require(held.nextTryAt) - time.withLock { $0 }
      let whole = Duration.seconds(4 << (attempt - 1))
      #expect(pause <= whole && pause >= whole * 3 / 4, "attempt \(attempt) waits \(pause)")
      waited += pause
      time.withLock { $0 = $0 + pause }
      try await stand.pass(pause, untilOrder: attempt + 1)
    }
    #expect(waited > .seconds(60))
    let placed = await stand.painter.order(7)
    await Task { @Loop in placed.paint("at last") }.value
    let over = try await stand.over(job.id)
    #expect(over.state == .succeeded && over.attempts == 7 && over.error == nil)
    await stand.house.vaults.close()
  }

  @Test func `one that stays away is given up, and can be tried again by hand`() async throws {
    let time = Lock(Timestamp(milliseconds: 1_800_000_000_000))
    let stand = try await PictureStand(wallClock: WallClock { time.withLock { $0 } })
    let job = try await stand.imagine("x")[0]
    for attempt in 1...7 {
      let placed = await stand.painter.order(attempt)
      await Task { @Loop in placed.tell(failure(.server)) }.value
      guard attempt < 7 else { break }
      let held = try await stand.await(job.id) { $0.nextTryAt != nil && $0.attempts == attempt }
      // Half of them are hurried by hand.
      if attempt % 2 == 0 {
        _ = try await stand.desk.retry(job.id, of: mira, recording: nil, origin: EngineHouse.origin)
      } else {
        let pause = try #require(held.nextTryAt) - time.withLock { $0 }
        time.withLock { $0 = $0 + pause }
        try await stand.pass(pause, untilOrder: attempt + 1)
      }
    }
    let failed = try await stand.over(job.id)
    #expect(failed.state == .failed && failed.attempts == 7 && failed.error?.code == 5)
    guard
      case .fresh(let again) = try await stand.desk.retry(
        job.id, of: mira, recording: nil, origin: EngineHouse.origin)
    else { return }
    #expect(again.id == job.id && again.state == .queued && again.attempts == 0 && again.error == nil)
    let placed = await stand.painter.order(8)
    await Task { @Loop in placed.paint("x") }.value
    #expect(try await stand.over(job.id).state == .succeeded)
    let refused = await failureKind { () async throws(EngineError) in
      _ = try await stand.desk.retry(job.id, of: mira, recording: nil, origin: EngineHouse.origin)
    }
    #expect(refused == "invalid")
    await stand.house.vaults.close()
  }

  @Test func `who says no is not asked again, and who asks for a pause gets it`() async throws {
    let time = Lock(Timestamp(milliseconds: 1_800_000_000_000))
    let stand = try await PictureStand(wallClock: WallClock { time.withLock { $0 } })
    let jobs = try await stand.imagine("x", count: 3)
    let first = await stand.painter.order(1)
    await Task { @Loop in first.tell(failure(.content)) }.value
    let refused = try await stand.over(jobs[0].id)
    #expect(refused.state == .failed && refused.attempts == 1 && refused.error?.code == 6)
    let second = await stand.painter.order(2)
    await Task { @Loop in second.tell(failure(.rateLimit, after: .seconds(90))) }.value
    let held = try await stand.await(jobs[1].id) { $0.nextTryAt != nil }
    #expect(try #require(held.nextTryAt) - time.withLock { $0 } == .seconds(90))
    // Longer than an hour is a no.
    let third = await stand.painter.order(3)
    await Task { @Loop in third.tell(failure(.rateLimit, after: .seconds(3601))) }.value
    #expect(try await stand.over(jobs[2].id).state == .failed)
    await stand.house.vaults.close()
  }

  @Test func `what is no picture is asked for again, and never kept`() async throws {
    let stand = try await PictureStand()
    let job = try await stand.imagine("x")[0]
    let first = await stand.painter.order(1)
    await Task { @Loop in
      first.tell(.accepted(RemoteJob("r-1")))
      first.tell(.pictures([MadePicture(Array("<html>".utf8))]))
    }.value
    let held = try await stand.await(job.id) { $0.nextTryAt != nil }
    #expect(held.error?.code == 5)
    _ = try await stand.desk.retry(job.id, of: mira, recording: nil, origin: EngineHouse.origin)
    let second = await stand.painter.order(2)
    await Task { @Loop in
      // Whoever made that is not asked for it once more.
      #expect(!second.resuming && second.remote == nil)
      second.tell(.pictures([]))
    }.value
    _ = try await stand.await(job.id) { $0.attempts == 2 && $0.nextTryAt != nil }
    #expect(try await stand.files() == (0, 0))
    await stand.house.vaults.close()
  }

  @Test func `a job that may still be there is looked for, and placed again only when it surely is not`()
    async throws
  {
    let stand = try await PictureStand()
    let job = try await stand.imagine("x")[0]
    let first = await stand.painter.order(1)
    await Task { @Loop in
      first.tell(.accepted(RemoteJob("r-1")))
      first.tell(failure(.connection))
    }.value
    _ = try await stand.await(job.id) { $0.nextTryAt != nil }
    _ = try await stand.desk.retry(job.id, of: mira, recording: nil, origin: EngineHouse.origin)
    let second = await stand.painter.order(2)
    await Task { @Loop in
      #expect(second.resuming && second.remote == RemoteJob("r-1"))
      second.tell(failure(.lost))
    }.value
    let third = await stand.painter.order(3)
    await Task { @Loop in
      #expect(!third.resuming && third.remote == nil)
      third.paint("x")
    }.value
    let over = try await stand.over(job.id)
    // Looking is no order.
    #expect(over.state == .succeeded && over.attempts == 2)
    await stand.house.vaults.close()
  }

  @Test func `a stand-in is drawn only where the operator says so, and says that it is one`() async throws {
    for fallback in [nil, "offline"] {
      let stand = try await PictureStand { $0.fallback = fallback }
      let job = try await stand.imagine("x")[0]
      let first = await stand.painter.order(1)
      await Task { @Loop in first.tell(failure(.key)) }.value
      if fallback != nil {
        let second = await stand.painter.order(2)
        await Task { @Loop in
          #expect(second.model == "offline" && second.order == first.order)
          second.paint("stand-in")
        }.value
      }
      let over = try await stand.over(job.id)
      #expect(over.state == (fallback == nil ? .failed : .succeeded))
      if let image = over.image {
        let image = try await stand.desk.image(image, of: mira)
        #expect(image.placeholder == true && image.provider == "offline")
      }
      await stand.house.vaults.close()
    }
  }
}

extension Sequence {
  fileprivate func count(_ condition: (Element) async throws -> Bool) async rethrows -> Int {
    var count = 0
    for element in self where try await condition(element) { count += 1 }
    return count
  }
}
