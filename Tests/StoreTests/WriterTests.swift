import Base
import Glibc
import Model
import SQLite
import Testing

@testable import Store

@Suite struct WriterTests {
  private let folder = TemporaryFolder()
  private let clock = ManualClock()

  private struct Refusal: Error {}

  private func open() async throws -> Vault {
    try await Vault.open(folder.path, owner: someone, environment(clock: clock))
  }

  /// Holds the writer inside an operation until released, so that others gather behind it.
  private final class Gate: Sendable {
    private let ends: [Int32]
    init() {
      var ends: [Int32] = [-1, -1]
      let failed = unsafe pipe(&ends)
      #expect(failed == 0)
      self.ends = ends
    }
    deinit { for end in ends { close(end) } }
    /// Returns once the writer is inside: what is submitted from then on waits together.
    func hold(_ vault: Vault) async {
      await withCheckedContinuation { inside in
        vault.submit(
          .acknowledged,
          { _ in
            inside.resume()
            self.wait()
          }, completion: { _ in })
      }
    }
    private func wait() {
      var byte: UInt8 = 0
      _ = unsafe read(ends[0], &byte, 1)
    }
    func release() {
      var byte: UInt8 = 1
      _ = unsafe write(ends[1], &byte, 1)
    }
  }

  private func setName(_ name: String) -> @Sendable (Transaction) throws -> Int64 {
    { try $0.apply(SettingsPatch(user: .set(UserPersona(name: name)))).settings.revision }
  }

  @Test func `operations that wait share one commit and keep their order`() async throws {
    let vault = try await open()
    let gate = Gate()
    let (answers, continuation) = AsyncStream.makeStream(of: Int64.self)
    await gate.hold(vault)
    let before = vault.metrics.syncedCommits.count
    for number in 1...64 {
      vault.submit(.acknowledged, setName("n\(number)")) { result in
        continuation.yield((try? result.get()) ?? -1)
        if number == 64 { continuation.finish() }
      }
    }
    gate.release()
    var order: [Int64] = []
    for await revision in answers { order.append(revision) }
    #expect(order == Array(1...64))
    #expect(vault.metrics.syncedCommits.count == before + 1)
    #expect(try await vault.read { try $0.settings() }.user?.name == "n64")
    await vault.close()
  }

  @Test func `a batch has its limit and the next one goes on`() async throws {
    let vault = try await open()
    let gate = Gate()
    await gate.hold(vault)
    let before = vault.metrics.syncedCommits.count
    for number in 1..<(Writer.batchLimit * 2 + 1) {
      vault.submit(.acknowledged, setName("n\(number)"), completion: { _ in })
    }
    gate.release()
    #expect(try await vault.write(.acknowledged, setName("last")) == Int64(Writer.batchLimit * 2 + 1))
    #expect(vault.metrics.syncedCommits.count == before + 3)
    await vault.close()
  }

  @Test func `an operation that throws is undone and fails alone`() async throws {
    let vault = try await open()
    let gate = Gate()
    await gate.hold(vault)
    async let first = vault.write(.acknowledged, setName("first"))
    async let second: Void = vault.write { transaction in
      _ = try transaction.apply(SettingsPatch(user: .set(UserPersona(name: "gone")), reuse: true))
      throw Refusal()
    }
    async let third = vault.write(.acknowledged, setName("third"))
    gate.release()
    _ = try await first
    _ = try await third
    do {
      try await second
      Issue.record("the refusal was lost")
    } catch {
      guard case StoreError.body(let cause)? = error as? StoreError, cause is Refusal else {
        Issue.record("another error: \(error)")
        return
      }
    }
    let settings = try await vault.read { try $0.settings() }
    #expect(!settings.reuse)
    #expect(settings.user?.name != "gone")
    // The change number of what was undone was given to nobody else's row twice, nor left as a gap.
    #expect(settings.change == 2)
    #expect(try await vault.read { try $0.change() } == 2)
    await vault.close()
  }

  @Test func `a constraint that fails concerns its operation only`() async throws {
    let vault = try await open()
    await #expect(throws: StoreError.self) {
      try await vault.write { transaction in
        try transaction.run(Query("INSERT INTO vault (id, change, flushes) VALUES (2, 0, 0)"))
      }
    }
    #expect(try await vault.write(.acknowledged, setName("after")) == 1)
    await vault.close()
  }

  @Test func `a batch with anything acknowledged syncs, checkpoints alone do not`() async throws {
    let vault = try await open()
    let level: @Sendable (Transaction) throws -> Int64 = { transaction in
      try transaction.first(Query("PRAGMA synchronous")) { $0.integer(0) } ?? -1
    }
    #expect(try await vault.write(.acknowledged, level) == 2)
    #expect(try await vault.write(.checkpoint, level) == 1)
    #expect(try await vault.write(.finishing, level) == 2)
    let gate = Gate()
    await gate.hold(vault)
    let (levels, continuation) = AsyncStream.makeStream(of: Int64.self)
    vault.submit(.checkpoint, level) { result in continuation.yield((try? result.get()) ?? -1) }
    vault.submit(.acknowledged, level) { result in
      continuation.yield((try? result.get()) ?? -1)
      continuation.finish()
    }
    gate.release()
    var together: [Int64] = []
    for await level in levels { together.append(level) }
    #expect(together == [2, 2])
    await vault.close()
  }

  @Test func `checkpoints nobody syncs are synced after a second, once, and then the clock is left alone`()
    async throws
  {
    let vault = try await open()
    _ = try await vault.write(.checkpoint, setName("a"))
    _ = try await vault.write(.checkpoint, setName("b"))
    #expect(vault.metrics.unsyncedCommits.count == 2)
    #expect(vault.metrics.syncedCommits.count == 0)
    #expect(await eventually { clock.sleepers == 2 })
    clock.advance(by: Writer.flushDelay)
    #expect(await eventually { vault.metrics.syncedCommits.count == 1 })
    #expect(await !vault.writer.unsynced)
    #expect(await eventually { clock.sleepers == 1 })
    clock.advance(by: Writer.idleDelay)
    // Commits came after the timer was armed, so it goes round once more.
    #expect(await eventually { clock.sleepers == 1 })
    clock.advance(by: Writer.idleDelay)
    #expect(await eventually { Files.size(vault.directory.writeAheadLog) == 0 })
    #expect(clock.sleepers == 0)
    #expect(vault.metrics.syncedCommits.count == 1)
    await vault.close()
  }

  @Test func `a synced commit of somebody else spares the timer its own`() async throws {
    let vault = try await open()
    _ = try await vault.write(.checkpoint, setName("a"))
    _ = try await vault.write(.acknowledged, setName("b"))
    #expect(await !vault.writer.unsynced)
    #expect(await eventually { clock.sleepers == 2 })
    clock.advance(by: Writer.flushDelay)
    #expect(await eventually { clock.sleepers == 1 })
    #expect(try await vault.write { try $0.settings() }.user?.name == "b")
    #expect(vault.metrics.syncedCommits.count == 1)
    await vault.close()
  }

  @Test func `the log is moved when it is long, and stays bounded`() async throws {
    let vault = try await open()
    let text = String(repeating: "word ", count: 4000)
    for number in 0..<400 { _ = try await vault.write(.checkpoint, setName("\(number) \(text)")) }
    #expect(vault.metrics.checkpoints.count > 0)
    #expect((Files.size(vault.directory.writeAheadLog) ?? 0) < 8 << 20)
    await vault.close()
  }

  @Test func `a read sees every write answered before it`() async throws {
    let vault = try await open()
    try await withThrowingTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<50 {
            let revision = try await vault.write { transaction in
              let reuse = try transaction.settings().reuse
              return try transaction.apply(SettingsPatch(reuse: !reuse)).settings.revision
            }
            let seen = try await vault.read { try $0.settings() }.revision
            #expect(seen >= revision)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await vault.read { try $0.settings() }.revision == 400)
    await vault.close()
  }

  @Test func `closing does what waits, refuses what comes, and leaves no log`() async throws {
    let vault = try await open()
    async let last = vault.write(.checkpoint, setName("last"))
    #expect(try await last == 1)
    await vault.close()
    await #expect(throws: StoreError.self) { try await vault.write(.acknowledged, setName("late")) }
    await #expect(throws: StoreError.self) { try await vault.read { try $0.settings() } }
    await vault.close()
    #expect(Files.size(vault.directory.writeAheadLog) == nil)
    #expect(clock.sleepers == 0)
    let again = try await open()
    #expect(try await again.read { try $0.settings() }.user?.name == "last")
    await again.close()
  }
}
