import Base
import FoundationEssentials
import Glibc
import Model
import SQLite
import Testing

@testable import Store

/// How long searches take in a vault of the size that `COMPANION_CHECK_SEARCH` names (20,000 messages without it), whose
/// words are as unevenly frequent as a language's. Prints the figures.
@Suite struct SearchSpeedTests {
  private static let size =
    ProcessInfo.processInfo.environment["COMPANION_CHECK_SEARCH"].flatMap { Int($0) } ?? 20_000

  /// The small vault is read beside other things, by a debug build or under a sanitizer: there only a walk of the whole
  /// table would show.
  private static let bound: Duration =
    ProcessInfo.processInfo.environment["COMPANION_CHECK_SEARCH"] == nil
    ? .milliseconds(500) : .milliseconds(50)

  /// The commonest word is in about two messages of five.
  private static let vocabulary: [String] = {
    var random = RandomSource.seeded(7)
    var words = [
      "the", "to", "and", "a", "of", "i", "you", "is", "in", "it", "that", "light", "sea", "at", "東京",
    ]
    let letters = Array("etaoinshrdlucmfwypvbgkj")
    while words.count < 40_000 {
      words.append(
        String(
          (0..<Int.random(in: 2...11, using: &random)).map { _ in
            letters[min(Int.random(in: 0..<23, using: &random), Int.random(in: 0..<23, using: &random))]
          }))
    }
    return words
  }()

  /// Rank r about 1/r as often as the first: the exponential of an even spread.
  private func word(_ random: inout RandomSource) -> String {
    let words = Self.vocabulary
    let spread = Double.random(in: 0..<1, using: &random)
    return words[min(words.count - 1, Int(pow(Double(words.count), spread)) - 1)]
  }

  private func fill(_ path: String, _ cast: Cast) throws {
    let database = try Database(path, .readWrite)
    try database.connection.execute("PRAGMA synchronous=OFF")
    let (chats, line) = (
      Query(
        """
        INSERT INTO chats (ulid, companion, version, title, mode, settings, read, messages, active, archived, created, updated,
          revision, change) VALUES (?, 1, 1, 'x', 'roleplay', '{}', 0, 0, 1, 0, 0, 0, 1, 1)
        """),
      Query(
        """
        INSERT INTO messages (ulid, chat, role, status, text, hidden, created, revision, change)
        VALUES (?, ?, 'user', 'complete', ?, 0, 0, 1, 1)
        """)
    )
    var random = RandomSource.seeded(8)
    let ids = ULIDMaker()
    let count = max(1, Self.size / 500)
    try database.transaction(.writing) { () throws(SQLiteError) in
      for _ in 0..<count { try database.run(chats, [.ulid(ids.make())]) }
      for number in 0..<Self.size {
        let text = (0..<Int.random(in: 4...40, using: &random)).map { _ in word(&random) }.joined(
          separator: " ")
        try database.run(line, [.ulid(ids.make()), .integer(2 + number % count), .text(text)])
      }
    }.get()
  }

  @Test func `every query is answered within its bound, in both orders`() async throws {
    let cast = try await Cast.open()
    await cast.vault.close()
    try fill(cast.folder.path + "/companion.db", cast)
    let vault = try await Vault.open(cast.folder.path, owner: someone, environment())
    let clock = ContinuousClock()
    let indexing = try await clock.measure { while try await !vault.indexWaiting(atMost: 100_000) {} }
    let bytes = try await vault.stats().databaseBytes
    print("search: \(Self.size) messages, entries made in \(indexing), database \(bytes >> 20) MiB")
    let chat = try await vault.read { try $0.chats(limit: 1) }.items[0].id
    let questions: [(String, SearchScope)] = [
      ("the", SearchScope()), ("a", SearchScope()), ("light", SearchScope()), ("that", SearchScope()),
      ("igh", SearchScope()), ("the to and", SearchScope()), ("東京", SearchScope()), ("東", SearchScope()),
      ("etetete", SearchScope()), ("qqqq", SearchScope()), ("the", SearchScope(chat: chat)),
      ("the", SearchScope(companion: cast.companion)), ("light the", SearchScope(chat: chat)),
    ]
    for (words, scope) in questions {
      let query = try #require(SearchQuery(words))
      var (recent, best, ranked, found) = (Duration.seconds(99), Duration.seconds(99), 0, 0)
      for _ in 0..<5 {
        recent = min(
          recent,
          try await clock.measure {
            found = try await vault.read { try $0.recentMatches(query, in: scope, limit: 50) }.items.count
          })
        best = min(
          best,
          try await clock.measure {
            ranked = try await vault.read { try $0.bestMatches(query, in: scope, limit: 50) }.ranked
          })
      }
      print(
        "search: \(words) \(scope.chat != nil ? "in a chat" : ""): recent \(recent), best \(best) of \(ranked), \(found)"
      )
      #expect(recent < Self.bound && best < Self.bound, "\(words)")
    }
    await vault.close()
  }
}
