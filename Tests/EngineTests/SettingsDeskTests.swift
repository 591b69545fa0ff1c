import Base
import Engine
import FoundationEssentials
import Model
import Posix
import TestSupport
import Testing

/// Settings as the room above sees them: changed once, told once, in the order of the commits.
@Suite struct SettingsDeskTests {
  private let mira = EngineHouse.mira
  private let jon = EngineHouse.jon

  private func named(_ name: String) -> SettingsPatch { SettingsPatch(user: .set(UserPersona(name: name))) }

  private func recording(_ key: String, _ fingerprint: [UInt8] = [1]) -> Recording<Settings> {
    Recording(key: key, method: "settings.set", fingerprint: fingerprint) {
      Array(try JSONEncoder().encode($0))
    }
  }

  @Test func `changes what is named, and tells it with its origin`() async throws {
    let house = try await EngineHouse()
    let desk = house.engine.settings
    #expect(try await desk.read(of: mira) == Settings())
    _ = try await desk.apply(
      named("a"), of: mira, ifRevision: nil, recording: nil, origin: EngineHouse.origin)
    _ = try await desk.apply(
      SettingsPatch(reuse: true), of: mira, ifRevision: 1, recording: nil, origin: EngineHouse.origin)
    let settings = try await desk.read(of: mira)
    #expect(settings.user?.name == "a")
    #expect(settings.reuse)
    #expect(settings.revision == 2)
    #expect(try await desk.read(of: jon) == Settings())
    #expect(house.told.events.map(\.owner) == [mira, mira])
    #expect(house.told.events.map(\.origin) == [EngineHouse.origin, EngineHouse.origin])
    let told = house.told.events.map { event -> [String] in
      guard case .settingsChanged(_, let changed) = event.subject else { return [] }
      return changed
    }
    #expect(told == [["user"], ["reuse"]])
  }

  @Test func `tells nothing when nothing changed`() async throws {
    let house = try await EngineHouse()
    let desk = house.engine.settings
    for _ in 0..<2 {
      _ = try await desk.apply(
        named("a"), of: mira, ifRevision: nil, recording: nil, origin: EngineHouse.origin)
    }
    #expect(house.told.events.count == 1)
    let found = await failure { () throws(EngineError) in
      _ = try await desk.apply(
        named("b"), of: mira, ifRevision: 9, recording: nil, origin: EngineHouse.origin)
    }
    #expect(found == "conflict")
    #expect(house.told.events.count == 1)
    #expect(try await desk.read(of: mira).user?.name == "a")
  }

  @Test func `has one effect for a key, and answers the same bytes again`() async throws {
    let house = try await EngineHouse()
    let desk = house.engine.settings
    var answers: [[UInt8]] = []
    for round in 0..<3 {
      let done = try await desk.apply(
        named("a"), of: mira, ifRevision: nil, recording: recording("k"), origin: EngineHouse.origin)
      guard case .recorded(let bytes, let replayed) = done else {
        Issue.record("nothing was recorded")
        return
      }
      #expect(replayed == (round > 0))
      answers.append(bytes)
    }
    #expect(Set(answers).count == 1)
    #expect(house.told.events.count == 1)
    let found = await failure { () throws(EngineError) in
      _ = try await desk.apply(
        named("b"), of: mira, ifRevision: nil, recording: recording("k", [2]), origin: EngineHouse.origin)
    }
    #expect(found == "keyConflict")
  }

  @Test func `tells many changes in the order of their commits`() async throws {
    let house = try await EngineHouse()
    let desk = house.engine.settings
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask {
          _ = try? await desk.apply(
            self.named("n\(number)"), of: self.mira, ifRevision: nil, recording: nil,
            origin: EngineHouse.origin)
        }
      }
    }
    let revisions = house.told.events.map { event -> Int64 in
      guard case .settingsChanged(let settings, _) = event.subject else { return 0 }
      return settings.revision
    }
    #expect(revisions == Array(1...200))
  }

  @Test func `refuses numbers that JSON cannot carry, and members over their limit`() async throws {
    var limits = Limits()
    limits.maxSettingBytes = 100
    let house = try await EngineHouse(limits: limits)
    let desk = house.engine.settings
    var sampling = Sampling()
    sampling.temperature = .infinity
    var defaults = ChatSettings()
    defaults.sampling = sampling
    let most = 100 - #"{"name":""}"#.utf8.count
    let cases: [(SettingsPatch, String?)] = [
      (SettingsPatch(defaults: .set(defaults)), "invalid"),
      (named(String(repeating: "n", count: most)), nil),
      (named(String(repeating: "n", count: most + 1)), "tooLarge"),
    ]
    for (patch, kind) in cases {
      let found = await failure { () throws(EngineError) in
        _ = try await desk.apply(patch, of: mira, ifRevision: nil, recording: nil, origin: EngineHouse.origin)
      }
      #expect(found == kind)
    }
  }
}
