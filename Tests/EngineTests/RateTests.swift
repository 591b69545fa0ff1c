import Base
import Engine
import Model
import Store
import TestSupport
import Testing

/// Limits on what a person may ask for, as a send meets them.
@Suite struct RateTests {
  private let mira = EngineHouse.mira
  private let time = Lock(Timestamp(milliseconds: 1_800_000_000_000))

  private var wallClock: WallClock {
    let time = time
    return WallClock { time.withLock { $0 } }
  }
  private func move(_ by: Duration) { time.withLock { $0 = $0 + by } }

  private func house(_ limit: Int = 30, in folder: TemporaryFolder? = nil) async throws -> EngineHouse {
    var limits = Limits()
    limits.messagesPerMinute = limit
    return try await EngineHouse(limits: limits, in: folder, wallClock: wallClock)
  }

  private func makeCompanion(_ house: EngineHouse) async throws {
    _ = try await house.engine.companions.create(
      persona: Persona(name: "Ada"), handle: "ada", tags: [], of: mira, recording: nil,
      origin: EngineHouse.origin)
  }

  /// How long to wait, nil when the line was stored.
  private func say(_ house: EngineHouse, of owner: Owner = EngineHouse.mira) async throws -> Int64? {
    var request = SendRequest(to: .companion("ada"), text: "Hello")
    request.respond = false
    do {
      _ = try await house.engine.turns.perform(
        .send(request), of: owner, recording: nil, origin: EngineHouse.origin)
      return nil
    } catch .rateLimited(let wait, let limit) {
      #expect(limit == "\(house.limits.messagesPerMinute) messages a minute")
      return wait
    }
  }

  private func lines(_ house: EngineHouse) async throws -> Int {
    let chats = try await house.engine.chats.list(
      companion: "ada", of: mira, query: nil, cursor: nil, limit: 1)
    return chats.items.first?.messages ?? 0
  }

  @Test func `30 a minute work and the 31st is told when to come again, also after a restart`() async throws {
    let first = try await house()
    try await makeCompanion(first)
    for _ in 1...30 {
      #expect(try await say(first) == nil)
      move(.milliseconds(500))
    }
    #expect(try await say(first) == 45_000)
    #expect(try await lines(first) == 30)
    await first.vaults.close()
    let second = try await house(in: first.folder)
    #expect(try await say(second) == 45_000)
    move(.milliseconds(44_999))
    #expect(try await say(second) == 1)
    move(.milliseconds(1))
    #expect(try await say(second) == nil)
    #expect(try await say(second) == 500)
    #expect(try await lines(second) == 31)
    await second.vaults.close()
  }

  @Test func `a send over the limit asks nobody`() async throws {
    let house = try await house(1)
    try await makeCompanion(house)
    #expect(try await say(house) == nil)
    let before = house.metrics.openMetrics()
    for _ in 1...3 {
      let refused = await failure { () async throws(EngineError) in
        _ = try await house.engine.turns.perform(
          .send(SendRequest(to: .companion("ada"), text: "Hello")), of: mira, recording: nil,
          origin: EngineHouse.origin)
      }
      #expect(refused == "rateLimited")
    }
    // Whoever was asked and then cancelled would be told of here.
    await house.vaults.close()
    #expect(house.metrics.openMetrics() == before)
  }

  @Test func `a first line over the limit leaves no empty chat behind`() async throws {
    let house = try await house(1)
    try await makeCompanion(house)
    #expect(try await say(house) == nil)
    _ = try await house.engine.companions.create(
      persona: Persona(name: "Bea"), handle: "bea", tags: [], of: mira, recording: nil,
      origin: EngineHouse.origin)
    let refused = await failure { () async throws(EngineError) in
      _ = try await house.engine.turns.perform(
        .send(SendRequest(to: .companion("bea"), text: "Hello")), of: mira, recording: nil,
        origin: EngineHouse.origin)
    }
    #expect(refused == "rateLimited")
    let chats = try await house.engine.chats.list(
      companion: "bea", of: mira, query: nil, cursor: nil, limit: 10)
    #expect(chats.items.isEmpty)
    await house.vaults.close()
  }

  @Test func `0 switches the limit off`() async throws {
    let house = try await house(0)
    try await makeCompanion(house)
    for _ in 1...40 { #expect(try await say(house) == nil) }
    #expect(try await lines(house) == 40)
    await house.vaults.close()
  }

  @Test func `a clock set back a year locks nobody out, nor one that ran ahead`() async throws {
    let house = try await house(3)
    try await makeCompanion(house)
    for _ in 1...3 { #expect(try await say(house) == nil) }
    #expect(try await say(house) != nil)
    move(.seconds(-365 * 86_400))
    for _ in 1...3 { #expect(try await say(house) == nil) }
    #expect(try await say(house) == 60_000)
    move(.seconds(2 * 365 * 86_400))
    #expect(try await say(house) == nil)
    await house.vaults.close()
  }

  @Test func `one owner's calls do not count against another's`() async throws {
    let house = try await house(1)
    try await makeCompanion(house)
    _ = try await house.engine.companions.create(
      persona: Persona(name: "Ada"), handle: "ada", tags: [], of: EngineHouse.jon, recording: nil,
      origin: EngineHouse.origin)
    #expect(try await say(house) == nil)
    #expect(try await say(house) != nil)
    #expect(try await say(house, of: EngineHouse.jon) == nil)
    await house.vaults.close()
  }
}
