import Base
import Engine
import FoundationEssentials
import Model
import Providers
import Store
import TestSupport
import Testing

/// Many jobs of many companions: whose turn it is, also after a restart.
@Suite(.timeLimit(.minutes(2)), .enabled(if: PictureStand.isAsked)) struct PictureCrowdTests {
  private let mira = EngineHouse.mira

  private func companion(_ stand: PictureStand, _ handle: String) async throws -> ULID {
    let recorded = try await stand.house.engine.companions.create(
      persona: Persona(name: handle), handle: handle, tags: [], of: mira, recording: nil,
      origin: EngineHouse.origin)
    guard case .fresh(let companion) = recorded else { preconditionFailure("it was replayed") }
    return companion.id
  }

  @Test func `everybody gets one before anybody gets a second, and a restart keeps the order`() async throws {
    let jobs = ProcessInfo.processInfo.environment["COMPANION_CHECK_PICTUREQUEUE"].flatMap { Int($0) } ?? 160
    let stand = try await PictureStand()
    let handles = (0..<10).map { "crowd-\($0)" }
    for handle in handles { _ = try await companion(stand, handle) }
    // The first asks for all of its own before the others come.
    for handle in handles {
      for _ in 0..<(jobs / 80) { _ = try await stand.imagine(handle, count: 8) { $0.companion = handle } }
    }
    let before = ContinuousClock.now
    let page = try await stand.desk.jobs(activeOnly: true, cursor: nil, limit: 50, of: mira)
    let listed = before.duration(to: .now)
    #expect(page.items.count == 50)
    print("A page of \(jobs) jobs that wait took \(listed).")
    let half = jobs / 2
    await Task { @Loop in stand.painter.onPlaced = { if stand.painter.placed.count <= half { $0.paint("x") } }
    }
    .value
    let first = await stand.painter.order(1)
    await Task { @Loop in first.paint("x") }.value
    _ = await stand.painter.order(half + 1)
    await stand.desk.abandonAll()
    var order = await Task { @Loop in stand.painter.placed.prefix(half).map(\.order.prompt) }.value
    await stand.house.vaults.close()

    let again = try await PictureStand(in: stand.house.folder)
    await Task { @Loop in again.painter.onPlaced = { $0.paint("y") } }.value
    if await Task(operation: { @Loop in again.painter.placed.isEmpty }).value {
      _ = await again.painter.order(1)
    }
    let begun = await again.painter.order(1)
    await Task { @Loop in if !begun.isOver { begun.paint("y") } }.value
    _ = await again.painter.order(jobs - half)
    order += await Task { @Loop in again.painter.placed.prefix(jobs - half).map(\.order.prompt) }.value
    #expect(order.count == jobs)
    // One job ran when the others came, so the first companion may be one ahead.
    for round in 1..<(jobs / 10 - 1) {
      let part = order[(round * 10)..<(round * 10 + 10)]
      #expect(Set(part).count == 10, "round \(round): \(part)")
    }
    await again.house.vaults.close()
  }
}
