import Base
import Model
import Testing

@testable import Store

/// Texts as long as a text may be, and the search index.
@Suite struct LongTextTests {
  private let letters = "0123456789abcdef"

  private func time(_ bytes: Int) -> Duration {
    let text = String(repeating: letters, count: bytes / letters.utf8.count)
    // The quickest of several, for the machine may be busy with something else.
    return (0..<3).map { _ in
      ContinuousClock().measure { _ = SearchTerms.entry(text, chat: 1, companion: 1) }
    }.min() ?? .zero
  }

  @Test func `an entry takes time in proportion to its text`() {
    let (short, long) = (time(16 << 10), time(256 << 10))
    #expect(long < short * 64, "\(short) for 16 KiB and \(long) for 256")
  }

  @Test func `one long text is a step of its own, and many short ones are one together`() async throws {
    let cast = try await Cast.open()
    let long = String(repeating: letters + " ", count: 15_000)
    let (chat, ids) = (cast.chat, cast.ids)
    // Within one operation, where the writer has no turn of its own in between.
    let steps = try await cast.vault.write { transaction in
      for text in Array(repeating: long, count: 5) + (0..<30).map({ "line \($0)" }) {
        _ = try transaction.insert(
          NewMessage(id: ids.make(), chat: chat, parent: nil, role: .user, parts: [.text(text)]))
      }
      return try (0..<7).map { _ in try transaction.index(atMost: 64) }
    }
    #expect(steps == [1, 1, 1, 1, 1, 30, 0])
    let query = try #require(SearchQuery("9abcde"))
    #expect(
      try await cast.vault.read { try $0.recentMatches(query, in: SearchScope(), limit: 9) }.items.count == 5)
    await cast.vault.close()
  }
}
