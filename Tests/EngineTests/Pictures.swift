import Base
import Engine
import FoundationEssentials
import HTTP
import Model
import Posix
import Store
import TestSupport
import Testing

@testable import Providers

/// A painter whose providers do what a test says, when it says it.
@Loop
final class ScriptedPainter: PicturePainter {
  /// An order as it came in. The test answers it.
  @Loop
  final class Placed: PictureHandle {
    let order: PictureOrder
    let sources: PictureSources?
    let model: String
    let remote: RemoteJob?
    let resuming: Bool
    fileprivate(set) var isCancelled = false
    fileprivate(set) var isAbandoned = false
    /// Whether the provider answers a cancellation.
    var heedsCancel = true
    private var sink: (@Loop (PictureEvent) -> Void)?

    fileprivate init(
      _ order: PictureOrder, _ sources: PictureSources?, _ model: String, _ remote: RemoteJob?,
      _ resuming: Bool, _ sink: @escaping @Loop (PictureEvent) -> Void
    ) {
      (self.order, self.sources, self.model) = (order, sources, model)
      (self.remote, self.resuming, self.sink) = (remote, resuming, sink)
    }

    var isOver: Bool { sink == nil }

    func tell(_ event: PictureEvent) {
      let sink = sink
      switch event {
      case .pictures, .failure, .cancelled: self.sink = nil
      default: break
      }
      sink?(event)
    }

    func paint(_ content: String) { tell(.pictures([MadePicture(Array("P\(content)".utf8))])) }

    func cancel() {
      isCancelled = true
      if heedsCancel { tell(.cancelled) }
    }

    func abandon() {
      isAbandoned = true
      sink = nil
    }
  }

  var concurrency = 1
  var memory = PictureTraits.Memory.theirName
  private(set) var placed: [Placed] = []
  /// What becomes of an order as soon as it is placed; nil leaves it to the test.
  var onPlaced: (@Loop (Placed) -> Void)?
  private var named = 0
  private var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

  nonisolated init() {}

  let names = ["easel", "sketch", "offline"]

  func traits(of name: String) throws(ProviderError) -> PictureTraits {
    let provider = String(name.split(separator: "/").first ?? "")
    guard names.contains(provider) else {
      throw ProviderError(.refused, .model, provider: provider, detail: "nobody of that name draws")
    }
    return PictureTraits(
      provider: provider, kind: .forge, concurrency: concurrency, edits: provider == "easel", form: .tags,
      takesNegative: true, memory: memory, isPlaceholder: provider == "offline")
  }

  func freshName(for name: String) -> RemoteJob? {
    guard memory == .ourName else { return nil }
    named += 1
    return RemoteJob("ours-\(named)")
  }

  func start(
    _ order: PictureOrder, sources: PictureSources?, model: String, remote: RemoteJob?, resuming: Bool,
    sink: @escaping @Loop (PictureEvent) -> Void
  ) -> any PictureHandle {
    let one = Placed(order, sources, model, remote, resuming, sink)
    placed.append(one)
    if let onPlaced { Task { @Loop in onPlaced(one) } }
    let ready = waiters.filter { $0.count <= placed.count }
    waiters.removeAll { $0.count <= placed.count }
    for waiter in ready { waiter.continuation.resume() }
    return one
  }

  func options(of name: String, then: @escaping @Loop (Result<PictureOptions, ProviderError>) -> Void) {
    var options = PictureOptions()
    options.samplers = ["Euler"]
    then(.success(options))
  }

  /// The order with that number, counted from one, as soon as it is placed.
  func order(_ number: Int) async -> Placed {
    if placed.count < number {
      await withCheckedContinuation { waiters.append((number, $0)) }
    }
    return placed[number - 1]
  }
}

/// An engine with a scripted painter, a companion and a chat, and short words for what tests do with them.
final class PictureStand: Sendable {
  /// `COMPANION_CHECK_QUEUE=1`. Now and then a run of all these suites together does not come to its end, which one alone always does;
  /// until it is known why, they are run on demand, and what a client sees of the queue by the tests of the daemon.
  static var isAsked: Bool { BranchHouse.extent("QUEUE", share: 0) > 0 }

  let house: EngineHouse
  let painter: ScriptedPainter
  let mira = EngineHouse.mira
  let companion: ULID
  let chat: ULID

  var desk: PictureDesk { house.engine.pictures }

  init(
    limits: Limits? = nil, in folder: TemporaryFolder? = nil, wallClock: WallClock = .system,
    timing: ManualTiming? = nil, pictures change: (inout PictureDefaults) -> Void = { _ in }
  ) async throws {
    let painter = ScriptedPainter()
    var defaults = PictureDefaults()
    defaults.picture = "easel"
    change(&defaults)
    var unlimited = Limits()
    unlimited.picturesPerHour = 0
    let isNew = folder == nil
    house = try await EngineHouse(
      limits: limits ?? unlimited, in: folder, wallClock: wallClock, timing: timing, painter: painter,
      pictures: defaults)
    self.painter = painter
    if isNew {
      _ = try await house.engine.companions.create(
        persona: Persona(name: "Ada"), handle: "ada", tags: [], of: EngineHouse.mira, recording: nil,
        origin: EngineHouse.origin)
      _ = try await house.engine.chats.create(
        companion: "ada", title: nil, mode: nil, settings: nil, version: nil, greeting: nil,
        defaults: .none, of: EngineHouse.mira, recording: nil, origin: EngineHouse.origin)
    }
    let chats = try await house.engine.chats.list(
      companion: "ada", of: EngineHouse.mira, query: nil, cursor: nil, limit: 1)
    (chat, companion) = (chats.items[0].id, chats.items[0].companion)
  }

  func imagine(
    _ prompt: String, count: Int = 1, of owner: Owner = EngineHouse.mira,
    _ change: (inout ImagineRequest) -> Void = { _ in }
  ) async throws(EngineError) -> [Job] {
    var request = ImagineRequest(prompt: prompt)
    request.count = count
    change(&request)
    guard
      case .fresh(let jobs) = try await desk.imagine(
        request, of: owner, recording: nil, origin: EngineHouse.origin)
    else { preconditionFailure("a call without a key was replayed") }
    return jobs
  }

  func cancel(_ id: ULID, of owner: Owner = EngineHouse.mira) async throws(EngineError) -> Job {
    guard case .fresh(let job) = try await desk.cancel(id, of: owner) else {
      preconditionFailure("a call without a key was replayed")
    }
    return job
  }

  func job(_ id: ULID) async throws -> Job { try await desk.job(id, of: mira) }

  /// The job as it is when it is over.
  func over(_ id: ULID) async throws -> Job {
    await desk.waitForEnd(id, of: mira)
    return try await job(id)
  }

  /// Waits until a job is in a state, for those that nothing tells of.
  /// Lets time pass until so many orders were placed: what is to be woken may only just be going to sleep.
  func pass(_ pause: Duration, untilOrder number: Int) async throws {
    while await onLoop({ self.painter.placed.count }) < number {
      house.clock.advance(by: pause)
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  func await(_ id: ULID, _ condition: (Job) -> Bool) async throws -> Job {
    while true {
      let now = try await job(id)
      if condition(now) { return now }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  /// Files on the disk, and those that a picture uses: equal when all is well.
  func files() async throws -> (lying: Int, used: Int) {
    let vault = try await house.vaults.vault(for: mira)
    let stats = try await vault.stats()
    return (try vaultFiles(vault.folder + "/pictures"), Int(stats.rows["picture_files"] ?? -1))
  }
}

/// `failure` by another name, for suites that have one of their own.
func failureKind(_ body: () async throws(EngineError) -> Void) async -> String? { await failure(body) }

/// Pictures in the two levels of folders under one.
private func vaultFiles(_ folder: String) throws -> Int {
  func names(_ path: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
  }
  return names(folder).filter { $0.utf8.count == 2 }.reduce(0) { sum, first in
    sum + names("\(folder)/\(first)").reduce(0) { $0 + names("\(folder)/\(first)/\($1)").count }
  }
}
