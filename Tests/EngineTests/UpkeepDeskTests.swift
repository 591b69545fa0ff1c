import Base
import Engine
import FoundationEssentials
import Glibc
import Model
import Store
import TestSupport
import Testing

/// The vaults' numbers and health, also when a vault cannot be had.
@Suite struct UpkeepDeskTests {
  private let mira = EngineHouse.mira
  private let jon = EngineHouse.jon

  @Test func `lists what changed, page by page`() async throws {
    let house = try await EngineHouse()
    let upkeep = house.engine.upkeep
    #expect(try await upkeep.latestChange(of: mira) == 0)
    for number in 1...3 {
      _ = try await house.engine.settings.apply(
        SettingsPatch(user: .set(UserPersona(name: "n\(number)"))), of: mira, ifRevision: nil, recording: nil,
        origin: EngineHouse.origin)
    }
    #expect(try await upkeep.latestChange(of: mira) == 3)
    let page = try await upkeep.changes(of: mira, since: 0, limit: 10)
    #expect(page.latest == 3)
    #expect(page.items.map(\.change) == [3])
    #expect(try await upkeep.changes(of: mira, since: 3, limit: 10).items.isEmpty)
    #expect(try await upkeep.latestChange(of: jon) == 0)
  }

  @Test func `finds a sound vault sound`() async throws {
    let house = try await EngineHouse()
    let upkeep = house.engine.upkeep
    let state = await upkeep.vaultState(of: mira)
    #expect(state.writable)
    #expect(state.owners == 1)
    let findings = await upkeep.examine(mira)
    #expect(
      findings.map(\.name) == ["storage.writer", "storage.reader", "storage.space", "storage.reserve"])
    #expect(
      findings.filter { $0.name == "storage.writer" || $0.name == "storage.reader" }.allSatisfy { $0.ok })
    try await upkeep.pulse(mira)
    #expect(try await upkeep.check(mira, repair: false).problems.isEmpty)
    #expect(try await upkeep.stats(of: mira).databaseBytes > 0)
  }

  @Test func `says of a vault that cannot be opened that it cannot, and asks again`() async throws {
    let house = try await EngineHouse()
    // A file stands where the vaults should be.
    try house.folder.write("in the way", to: "data")
    let upkeep = house.engine.upkeep
    let state = await upkeep.vaultState(of: mira)
    #expect(!state.writable)
    #expect(state.owners == 0)
    let findings = await upkeep.examine(mira)
    #expect(findings.map(\.name) == ["storage.open"])
    #expect(findings.first?.ok == false)
    #expect(findings.first?.detail?.isEmpty == false)
    #expect(await failure { () throws(EngineError) in try await upkeep.pulse(mira) } == "storageFailed")
    #expect(unsafe unlink(house.folder.file("data")) == 0)
    try await upkeep.pulse(mira)
    #expect(await upkeep.vaultState(of: mira).writable)
  }

  @Test func `answers storage_failed once the vaults are closed`() async throws {
    let house = try await EngineHouse()
    try await house.engine.upkeep.pulse(mira)
    await house.vaults.close()
    let upkeep = house.engine.upkeep
    for owner in [mira, jon] {
      #expect(await failure { () throws(EngineError) in try await upkeep.pulse(owner) } == "storageFailed")
    }
    #expect(await upkeep.examine(mira).allSatisfy { !$0.ok })
  }
}
