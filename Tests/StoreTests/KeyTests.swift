import Base
import Model
import Testing

@testable import Store

@Suite struct KeyTests {
  private let folder = TemporaryFolder()
  private let time = Lock(Timestamp(milliseconds: 1_800_000_000_000))

  private struct Refusal: Error {}

  private func open() async throws -> Vault {
    let time = time
    return try await Vault.open(
      folder.path, owner: someone, environment(wallClock: WallClock { time.withLock { $0 } }))
  }

  private func move(_ by: Duration) { time.withLock { $0 = $0 + by } }

  private func stamp(_ key: String, method: String = "settings.set", _ fingerprint: UInt8 = 1) -> Stamp {
    Stamp(key: key, method: method, fingerprint: [UInt8](repeating: fingerprint, count: 32))
  }

  /// Turns `reuse` over under a key and answers with the revision.
  private func flip(_ vault: Vault, _ stamp: Stamp?) async throws -> Once<Int64> {
    try await vault.write { transaction in
      try transaction.once(stamp, encode: { Array("\($0)".utf8) }) { transaction in
        let reuse = try transaction.settings().reuse
        return try transaction.apply(SettingsPatch(reuse: !reuse)).settings.revision
      }
    }
  }

  private func outcome(_ once: Once<Int64>) -> String {
    switch once {
    case .done(let revision): "done \(revision)"
    case .replayed(let bytes): "replayed \(String(decoding: bytes, as: UTF8.self))"
    }
  }

  @Test func `a call that comes again has no second effect and the same answer, also after a restart`()
    async throws
  {
    let vault = try await open()
    #expect(outcome(try await flip(vault, stamp("a"))) == "done 1")
    #expect(outcome(try await flip(vault, stamp("b"))) == "done 2")
    #expect(outcome(try await flip(vault, stamp("a"))) == "replayed 1")
    await vault.close()
    let again = try await open()
    #expect(outcome(try await flip(again, stamp("a"))) == "replayed 1")
    #expect(try await again.read { try $0.settings() }.revision == 2)
    await again.close()
  }

  @Test func `two at once have one effect`() async throws {
    let vault = try await open()
    let outcomes = try await withThrowingTaskGroup { group in
      for _ in 0..<32 { group.addTask { outcome(try await flip(vault, stamp("same"))) } }
      var outcomes: [String] = []
      for try await outcome in group { outcomes.append(outcome) }
      return outcomes
    }
    #expect(outcomes.filter { $0 == "done 1" }.count == 1)
    #expect(outcomes.filter { $0 == "replayed 1" }.count == 31)
    await vault.close()
  }

  @Test func `the same key with other parameters is a conflict, with another method a key of its own`()
    async throws
  {
    let vault = try await open()
    _ = try await flip(vault, stamp("a"))
    await #expect {
      _ = try await flip(vault, stamp("a", 2))
    } throws: {
      if case StoreError.keyConflict? = $0 as? StoreError { true } else { false }
    }
    #expect(outcome(try await flip(vault, stamp("a", method: "chat.create", 2))) == "done 2")
    await vault.close()
  }

  @Test func `a call that failed leaves its key free`() async throws {
    let vault = try await open()
    let key = stamp("a")
    await #expect(throws: StoreError.self) {
      _ = try await vault.write { transaction in
        try transaction.once(key, encode: { (_: Int64) in [] }) { transaction in
          _ = try transaction.apply(SettingsPatch(reuse: true))
          throw Refusal()
        }
      }
    }
    #expect(outcome(try await flip(vault, key)) == "done 1")
    await vault.close()
  }

  @Test func `without a key every call has its effect`() async throws {
    let vault = try await open()
    #expect(outcome(try await flip(vault, nil)) == "done 1")
    #expect(outcome(try await flip(vault, nil)) == "done 2")
    await vault.close()
  }

  @Test func `a key holds for its lifetime and not a moment longer`() async throws {
    let vault = try await open()
    _ = try await flip(vault, stamp("a"))
    move(Limits().keyLifetime - .milliseconds(1))
    #expect(outcome(try await flip(vault, stamp("a"))) == "replayed 1")
    move(.milliseconds(1))
    #expect(outcome(try await flip(vault, stamp("a"))) == "done 2")
    await vault.close()
  }

  @Test func `a clock set back a year neither keeps keys for a year nor forgets fresh ones`() async throws {
    let vault = try await open()
    _ = try await flip(vault, stamp("future"))
    move(.seconds(-3600))
    #expect(outcome(try await flip(vault, stamp("future"))) == "replayed 1")
    move(.seconds(-365 * 86_400))
    #expect(outcome(try await flip(vault, stamp("future"))) == "done 2")
    await vault.close()
  }

  @Test func `expired keys are swept by the writes that bring new ones`() async throws {
    let vault = try await open()
    for number in 0..<20 { _ = try await flip(vault, stamp("old\(number)")) }
    move(Limits().keyLifetime)
    for number in 0..<5 { _ = try await flip(vault, stamp("new\(number)")) }
    #expect(try await vault.stats().rows["keys"] == 5)
    move(.seconds(-10 * 86_400))
    for number in 0..<2 { _ = try await flip(vault, stamp("past\(number)")) }
    #expect(try await vault.stats().rows["keys"] == 2)
    await vault.close()
  }
}
