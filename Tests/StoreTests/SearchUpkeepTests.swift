import Base
import Model
import TestSupport
import Testing

@testable import Store

/// When the writer makes entries of the search index: for nobody's acknowledgement to wait, and never much later.
@Suite struct SearchUpkeepTests {
  @Test func `entries wait for commits that keep coming, and then are made`() async throws {
    let clock = ManualClock()
    let folder = TemporaryFolder()
    let vault = try await Vault.open(folder.path, owner: someone, environment(clock: clock))
    let ids = ULIDMaker()
    let (companion, chat) = (ids.make(), ids.make())
    try await vault.write { transaction in
      _ = try transaction.insert(NewCompanion(id: companion, handle: "ada", persona: Persona(name: "Ada")))
      _ = try transaction.insert(NewChat(id: chat, companion: companion, version: 1))
    }
    func say() async throws {
      try await vault.write { transaction in
        _ = try transaction.insert(
          NewMessage(id: ids.make(), chat: chat, parent: nil, role: .user, parts: [.text("a line")]))
      }
    }
    try await say()
    #expect(await eventually { clock.sleepers == 2 }, "the log's timer and the index's")
    for _ in 1...Writer.mostIndexDelays {
      try await say()
      clock.advance(by: Writer.indexDelay)
      #expect(await eventually { clock.sleepers == 2 }, "the index's timer runs once more")
      #expect(try await vault.read { try $0.hasUnindexed() })
    }
    try await say()
    clock.advance(by: Writer.indexDelay)
    #expect(await eventually { (try? await vault.read { try $0.hasUnindexed() }) == false })
    await vault.close()
  }
}
