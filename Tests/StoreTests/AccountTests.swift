import Base
import Model
import Testing

@testable import Store

@Suite struct AccountTests {
  private let time = Lock(Timestamp(milliseconds: 1_800_000_000_000))

  private func open() async throws -> Cast {
    let time = time
    return try await Cast.open(wallClock: WallClock { time.withLock { $0 } })
  }

  private func move(_ by: Duration) { time.withLock { $0 = $0 + by } }

  private func take(_ vault: Vault, _ limit: Int = 30) async throws -> Duration? {
    do {
      try await vault.write { try $0.take(rate: "messages", limit: limit, per: .seconds(60)) }
      return nil
    } catch StoreError.body(let error as RateExceeded) {
      return error.retryAfter
    }
  }

  @Test func `at the limit works, one past it tells when to come again, also after a restart`() async throws {
    let cast = try await open()
    for _ in 0..<30 {
      #expect(try await take(cast.vault) == nil)
      move(.seconds(1))
    }
    #expect(try await take(cast.vault) == .seconds(30))
    await cast.vault.close()
    let time = time
    let again = try await Vault.open(
      cast.folder.path, owner: someone, environment(wallClock: WallClock { time.withLock { $0 } }))
    #expect(try await take(again) == .seconds(30))
    move(.seconds(30))
    #expect(try await take(again) == nil)
    #expect(try await take(again) == .seconds(1))
    // What was refused counted nothing, and what is too old is gone.
    #expect(try await again.stats().rows["rates"] == 30)
    #expect(try await take(again, 0) == nil)
    await again.close()
  }

  @Test func `a clock set back a year locks nobody out`() async throws {
    let cast = try await open()
    for _ in 0..<30 { _ = try await take(cast.vault) }
    move(.seconds(-365 * 86_400))
    #expect(try await take(cast.vault) == nil)
    #expect(try await cast.vault.stats().rows["rates"] == 1)
    await cast.vault.close()
  }

  @Test func `usage is summed by model, chat and day`() async throws {
    let cast = try await open()
    let counted = Usage(promptTokens: 100, completionTokens: 10, cachedTokens: 40, estimated: false)
    let guessed = Usage(promptTokens: 7, completionTokens: 3, estimated: true)
    try await cast.vault.write { transaction in
      try transaction.add(counted, model: "home/gemma", chat: cast.chat)
      try transaction.add(counted, model: "home/gemma", chat: cast.chat)
      try transaction.add(guessed, model: "claude/x", chat: nil)
    }
    let first = time.withLock { $0 }
    move(.seconds(86_400))
    try await cast.vault.write { try $0.add(guessed, model: "home/gemma", chat: cast.chat) }
    let models = try await cast.vault.read { try $0.usage(by: .model) }
    #expect(models.map(\.name) == ["claude/x", "home/gemma"])
    #expect(models[1].turns == 3)
    #expect(
      models[1].usage == Usage(promptTokens: 207, completionTokens: 23, cachedTokens: 80, estimated: true))
    let chats = try await cast.vault.read { try $0.usage(by: .chat) }
    #expect(chats.map(\.name) == [cast.chat.description] && chats[0].turns == 3)
    let days = try await cast.vault.read { try $0.usage(by: .day) }
    #expect(
      days.map(\.name) == [
        String(first.description.prefix(10)), String((first + .seconds(86_400)).description.prefix(10)),
      ])
    #expect(days.map(\.turns) == [3, 1])
    #expect(
      try await cast.vault.read { try $0.usage(since: first + .seconds(86_400), by: .day) }.map(\.turns) == [
        1
      ])
    // What else is asked for costs tokens, and is no turn.
    try await cast.vault.write { try $0.add(guessed, model: "home/gemma", chat: cast.chat, for: .analysis) }
    let purposes = try await cast.vault.read { try $0.usage(by: .purpose) }
    #expect(purposes.map(\.name) == ["analysis", "reply"] && purposes.map(\.turns) == [1, 4])
    #expect(purposes[0].usage.promptTokens == 7)
    let after = try await cast.vault.read { try $0.usage(by: .model) }
    #expect(after[1].turns == 3 && after[1].usage.promptTokens == 214)
    await cast.vault.close()
  }
}
