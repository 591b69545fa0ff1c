import Base
import Engine
import Glibc
import Model
import Store
import TestSupport
import Testing

/// Copies that are made without anybody asking.
@Suite(.timeLimit(.minutes(1))) struct DailyBackupTests {
  private let mira = EngineHouse.mira
  private let time = Lock(Timestamp(milliseconds: 1_800_000_000_000))

  private func house() async throws -> EngineHouse {
    let time = time
    let house = try await EngineHouse(wallClock: WallClock { time.withLock { $0 } })
    _ = try await house.vaults.vault(for: mira)
    return house
  }

  private func move(hours: Int) { time.withLock { $0 = $0 + .seconds(hours * 3600) } }

  private func change(_ house: EngineHouse) async throws {
    _ = try await house.engine.companions.create(
      persona: Persona(name: "Ada"), handle: nil, tags: [], of: mira, recording: nil,
      origin: EngineHouse.origin)
  }

  private func backups(_ house: EngineHouse) async throws -> Int {
    try await house.engine.backups.list(of: mira).count
  }

  @Test func `a day's copy is made of what has changed, and only of that`() async throws {
    let house = try await house()
    let keeping = house.engine.housekeeping
    await keeping.backUp()
    #expect(try await backups(house) == 0, "there is nothing yet")
    try await change(house)
    await keeping.backUp()
    #expect(try await backups(house) == 1)
    try await change(house)
    move(hours: 19)
    await keeping.backUp()
    #expect(try await backups(house) == 1, "there is one of today")
    move(hours: 1)
    await keeping.backUp()
    #expect(try await backups(house) == 2)
    move(hours: 100)
    await keeping.backUp()
    #expect(try await backups(house) == 2, "nothing has changed")
    let newest = try #require(try await house.engine.backups.list(of: mira).first)
    #expect(unsafe truncate(newest.folder + "/" + newest.name, 100) == 0)
    await keeping.backUp()
    #expect(try await backups(house) == 3, "a copy that cannot be read is none")
    await house.vaults.close()
  }

  @Test func `one made by hand serves, and a clock set back leaves nobody without`() async throws {
    let house = try await house()
    try await change(house)
    _ = try await house.engine.backups.create(in: nil, of: mira)
    try await change(house)
    move(hours: 10)
    await house.engine.housekeeping.backUp()
    #expect(try await backups(house) == 1)
    move(hours: -1000)
    await house.engine.housekeeping.backUp()
    #expect(try await backups(house) == 2)
    #expect(try await house.engine.backups.verify(nil, of: mira).ok)
    await house.vaults.close()
  }

  @Test func `the first look comes a little after the start, and then one a day`() async throws {
    let house = try await house()
    try await change(house)
    await house.engine.housekeeping.begin()
    // One sleeps until tomorrow's tidying, the other until the first copy.
    await house.clock.waitForSleepers(2)
    #expect(try await backups(house) == 0)
    house.clock.advance(by: Housekeeping.backupDelay)
    await house.clock.waitForSleepers(2)
    #expect(try await backups(house) == 1)
    try await change(house)
    move(hours: 24)
    house.clock.advance(by: Housekeeping.period)
    while try await backups(house) < 2 { await Task.yield() }
    await house.engine.housekeeping.end()
    await house.vaults.close()
  }

  @Test func `a vault that is opened later is looked at a little after that, not a day`() async throws {
    let time = time
    let house = try await EngineHouse(wallClock: WallClock { time.withLock { $0 } })
    await house.engine.housekeeping.begin()
    await house.clock.waitForSleepers(2)
    house.clock.advance(by: Housekeeping.backupDelay)
    await house.clock.waitForSleepers(2)
    try await change(house)
    await house.clock.waitForSleepers(3)
    #expect(try await backups(house) == 0)
    house.clock.advance(by: Housekeeping.backupDelay)
    while try await backups(house) < 1 { await Task.yield() }
    await house.engine.housekeeping.end()
    await house.vaults.close()
  }
}
