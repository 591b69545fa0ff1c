import Base
import Model
import SQLite
import Testing

@testable import Store

@Suite struct SearchTests {
  private func found(
    _ cast: Cast, _ words: String, _ scope: SearchScope = SearchScope()
  ) async throws -> [String] {
    let query = try #require(SearchQuery(words))
    #expect(try await cast.vault.indexWaiting(atMost: 10_000))
    let recent = try await cast.vault.read { try $0.recentMatches(query, in: scope, limit: 100) }
    let best = try await cast.vault.read { try $0.bestMatches(query, in: scope, limit: 100) }
    #expect(Set(recent.items.map(\.id)) == Set(best.items.map(\.id)), "\(words)")
    return recent.items.map(\.text)
  }

  @Test func `finds whole words, parts of words and several of them, the newest first`() async throws {
    let cast = try await Cast.open()
    for line in ["The lighthouse keeper", "a light in the night", "Night falls", "two ships"] {
      _ = try await cast.say(line)
    }
    #expect(try await found(cast, "light") == ["a light in the night", "The lighthouse keeper"])
    #expect(try await found(cast, "ghtho") == ["The lighthouse keeper"])
    #expect(try await found(cast, "NIGHT the") == ["a light in the night"])
    #expect(try await found(cast, "a") == ["a light in the night"])
    #expect(try await found(cast, "keeperx").isEmpty)
    // Letters of two words that stand side by side are no word.
    #expect(try await found(cast, "twoships").isEmpty)
    #expect(try await found(cast, "keeplight").isEmpty)
    await cast.vault.close()
  }

  @Test func `finds Japanese by one, two and more characters, and no pair that was not written`() async throws
  {
    let cast = try await Cast.open()
    for line in ["東京に行きます", "京都。東の空", "猫が好き", "ラーメンを食べたい", "안녕하세요", "สวัสดีครับ"] {
      _ = try await cast.say(line)
    }
    #expect(try await found(cast, "東京") == ["東京に行きます"])
    #expect(try await found(cast, "東") == ["京都。東の空", "東京に行きます"])
    #expect(try await found(cast, "猫") == ["猫が好き"])
    #expect(try await found(cast, "行きます") == ["東京に行きます"])
    #expect(try await found(cast, "ラーメン") == ["ラーメンを食べたい"])
    #expect(try await found(cast, "都東").isEmpty)
    #expect(try await found(cast, "きに").isEmpty)
    #expect(try await found(cast, "녕하") == ["안녕하세요"])
    #expect(try await found(cast, "สวัส") == ["สวัสดีครับ"])
    await cast.vault.close()
  }

  @Test func `case, accents and wide letters do not count`() async throws {
    let cast = try await Cast.open()
    for line in ["Im Café é decomposed cafe\u{301}", "Straße nach Łódź", "ＡＢＣ Việt Nam", "ΟΔΥΣΣΕΎΣ"] {
      _ = try await cast.say(line)
    }
    #expect(try await found(cast, "cafe").count == 1)
    #expect(try await found(cast, "CAFÉ").count == 1)
    #expect(try await found(cast, "strasse lodz").count == 1)
    #expect(try await found(cast, "abc viet").count == 1)
    #expect(try await found(cast, "οδυσσευς").count == 1)
    await cast.vault.close()
  }

  @Test(arguments: [
    "\"", "\"\"\"", "AND", "NOT the", "the OR", "the*", "^the", "terms:the", "NEAR(the, 2)", "(the", "the)",
    "-the",
    "the\u{0}x", "'; DROP TABLE messages; --", "{the}", "\\", "·the", "§", "§c1", "¦", "%", "_", "the -- x",
    "+the", "a:b",
  ]) func `whatever is typed is text`(_ words: String) async throws {
    let cast = try await Cast.open()
    _ = try await cast.say("nothing of this kind")
    #expect(try await found(cast, words).isEmpty)
    _ = try await cast.say("before " + words + " after")
    let isText = SearchQuery(words)?.isEmpty == false
    #expect(try await found(cast, words).count == (isText ? 1 : 0))
    await cast.vault.close()
  }

  @Test func `an emoji is found, whatever its colour`() async throws {
    let cast = try await Cast.open()
    _ = try await cast.say("well done 👍🏽!")
    _ = try await cast.say("the family 👨‍👩‍👧 came")
    #expect(try await found(cast, "👍") == ["well done 👍🏽!"])
    #expect(try await found(cast, "👍🏿 done") == ["well done 👍🏽!"])
    #expect(try await found(cast, "👧").count == 1)
    #expect(try await found(cast, "🚢").isEmpty)
    await cast.vault.close()
  }

  @Test func `a query has at most so many terms`() {
    let words = (1...SearchQuery.mostTerms).map { "w\($0)" }
    #expect(SearchQuery(words.joined(separator: " "))?.runs.count == SearchQuery.mostTerms)
    #expect(SearchQuery((words + words).joined(separator: " ")) != nil)
    #expect(SearchQuery((words + ["more"]).joined(separator: " ")) == nil)
  }

  @Test func `only the chat or the companion that is named`() async throws {
    let cast = try await Cast.open()
    let (second, other, elsewhere) = (cast.ids.make(), cast.ids.make(), cast.ids.make())
    try await cast.vault.write { transaction in
      _ = try transaction.insert(NewChat(id: second, companion: cast.companion, version: 1))
      _ = try transaction.insert(
        NewCompanion(id: other, handle: "other", persona: Persona(name: "Other")))
      _ = try transaction.insert(NewChat(id: elsewhere, companion: other, version: 1))
    }
    _ = try await cast.say("sea one")
    _ = try await cast.say("sea two c2", in: second)
    _ = try await cast.say("sea three", in: elsewhere)
    #expect(try await found(cast, "sea").count == 3)
    #expect(try await found(cast, "sea", SearchScope(chat: second)) == ["sea two c2"])
    #expect(
      try await found(cast, "sea", SearchScope(companion: cast.companion)) == ["sea two c2", "sea one"])
    #expect(try await found(cast, "sea", SearchScope(chat: second, companion: other)).isEmpty)
    #expect(try await found(cast, "c2") == ["sea two c2"])
    await cast.vault.close()
  }

  @Test func `what is in the trash is not found, and is found again when it comes back`() async throws {
    let cast = try await Cast.open()
    let line = try await cast.say("a pearl")
    #expect(try await found(cast, "pearl").count == 1)
    let entries = [cast.ids.make(), cast.ids.make(), cast.ids.make()]
    let query = try #require(SearchQuery("pearl"))
    func seen() async throws -> Int {
      // Without bringing the index up to date: the row itself tells.
      let recent = try await cast.vault.read { try $0.recentMatches(query, in: SearchScope(), limit: 9) }
      let best = try await cast.vault.read { try $0.bestMatches(query, in: SearchScope(), limit: 9) }
      return recent.items.count + best.items.count
    }
    try await cast.vault.write { try $0.delete(message: line.id, children: nil, entry: entries[0]) }
    #expect(try await seen() == 0)
    #expect(try await found(cast, "pearl").isEmpty)
    try await cast.vault.write { try $0.restore(entries[0]) }
    #expect(try await found(cast, "pearl").count == 1)
    try await cast.vault.write { try $0.delete(chat: cast.chat, entry: entries[1]) }
    #expect(try await seen() == 0)
    #expect(try await found(cast, "pearl").isEmpty)
    try await cast.vault.write { try $0.restore(entries[1]) }
    #expect(try await found(cast, "pearl").count == 1)
    try await cast.vault.write { try $0.delete(companion: cast.companion, entry: entries[2]) }
    try await cast.vault.write { try $0.purge(entries[2]) }
    #expect(try await found(cast, "pearl").isEmpty)
    #expect(try await entriesLeft(cast) == 0)
    #expect(try await cast.vault.check().ok)
    await cast.vault.close()
  }

  /// Rows the index itself still knows for the mark that every entry has.
  private func entriesLeft(_ cast: Cast) async throws -> Int64 {
    try await cast.vault.read { snapshot in
      try snapshot.first(
        Query("SELECT count(*) FROM search WHERE search MATCH ?"), .text("\"\(SearchTerms.end)\"")
      ) { $0.integer(0) } ?? -1
    }
  }

  @Test func `an edit replaces the entry, also when several come before the index is made`() async throws {
    let cast = try await Cast.open()
    let line = try await cast.say("first words")
    #expect(try await found(cast, "first").count == 1)
    for text in ["second words", "third words"] {
      _ = try await cast.vault.write { try $0.replace(message: line.id, by: [.text(text)]) }
    }
    #expect(try await found(cast, "first").isEmpty)
    #expect(try await found(cast, "second").isEmpty)
    #expect(try await found(cast, "third") == ["third words"])
    #expect(try await entriesLeft(cast) == 1)
    await cast.vault.close()
  }

  @Test func `text that streams costs the index nothing until it is whole`() async throws {
    let cast = try await Cast.open()
    let (id, turn) = (cast.ids.make(), cast.ids.make())
    try await cast.vault.write { transaction in
      try transaction.insert(
        Turn(
          id: turn, chat: cast.chat, companion: cast.companion, kind: .reply, phase: .responding, replyId: id,
          startedAt: transaction.now, model: "offline"))
      var message = NewMessage(id: id, chat: cast.chat, parent: nil, role: .assistant, parts: [.text("half")])
      message.status = .streaming
      message.turn = turn
      _ = try transaction.insert(message)
    }
    try await cast.vault.write(.checkpoint) { try $0.stream([.text("half a sent")], into: id) }
    #expect(try await cast.vault.read { try $0.hasUnindexed() } == false)
    #expect(try await found(cast, "half").isEmpty)
    _ = try await cast.vault.write {
      try $0.complete(
        message: id, parts: [.text("half a sentence")], status: .partial, finish: .cancelled, turn: turn,
        model: nil, usage: nil)
    }
    #expect(try await cast.vault.read { try $0.hasUnindexed() })
    #expect(try await found(cast, "sentence") == ["half a sentence"])
    await cast.vault.close()
  }

  @Test func `the writer makes entries of its own accord when nobody waits for it`() async throws {
    let clock = ManualClock()
    let folder = TemporaryFolder()
    let vault = try await Vault.open(folder.path, owner: someone, environment(clock: clock))
    let ids = ULIDMaker()
    let (companion, chat) = (ids.make(), ids.make())
    try await vault.write { transaction in
      _ = try transaction.insert(NewCompanion(id: companion, handle: "ada", persona: Persona(name: "Ada")))
      _ = try transaction.insert(NewChat(id: chat, companion: companion, version: 1))
      for number in 1...200 {
        _ = try transaction.insert(
          NewMessage(id: ids.make(), chat: chat, parent: nil, role: .user, parts: [.text("line \(number)")]))
      }
    }
    #expect(try await vault.read { try $0.hasUnindexed() })
    let made = await eventually {
      clock.advance(by: Writer.indexDelay)
      return (try? await vault.read { try $0.hasUnindexed() }) == false
    }
    #expect(made)
    let query = try #require(SearchQuery("line"))
    let page = try await vault.read { try $0.recentMatches(query, in: SearchScope(), limit: 200) }
    #expect(page.items.count == 200)
    await vault.close()
  }

  @Test func `the best come first: whole words, often, in few words`() async throws {
    let cast = try await Cast.open()
    let far = String(repeating: "far away and long ago ", count: 20)
    for line in ["sea " + far, "the seaside", "sea, sea, sea!", "the sea"] + ["nothing"] {
      _ = try await cast.say(line)
    }
    #expect(try await cast.vault.indexWaiting(atMost: 100))
    let query = try #require(SearchQuery("sea"))
    let best = try await cast.vault.read { try $0.bestMatches(query, in: SearchScope(), limit: 10) }
    #expect(best.items.map(\.text) == ["sea, sea, sea!", "the sea", "sea " + far, "the seaside"])
    #expect(best.ranked == 4 && !best.isWindow && best.next == nil)
    await cast.vault.close()
  }

  @Test func `pages of both orders meet without a gap, and only the newest matches are ranked`() async throws
  {
    let cast = try await Cast.open()
    for number in 0..<40 {
      _ = try await cast.say(String(repeating: "wave ", count: 1 + number % 5) + "\(number)")
    }
    #expect(try await cast.vault.indexWaiting(atMost: 100))
    let query = try #require(SearchQuery("wave"))
    var (all, before) = ([String](), Int64?.none)
    repeat {
      let place = before
      let page = try await cast.vault.read {
        try $0.recentMatches(query, in: SearchScope(), before: place, limit: 7)
      }
      all += page.items.map(\.text)
      before = page.next
    } while before != nil
    #expect(all.count == 40 && all.first?.hasSuffix(" 39") == true && all.last?.hasSuffix(" 0") == true)

    var (best, after) = ([String](), BestPlace?.none)
    repeat {
      let place = after
      let page = try await cast.vault.read {
        try $0.bestMatches(query, in: SearchScope(), after: place, limit: 7, window: 25)
      }
      #expect(page.ranked == 25 && page.isWindow)
      best += page.items.map(\.text)
      after = page.next
      // What comes meanwhile does not move the pages.
      if best.count == 7 {
        _ = try await cast.say("wave wave wave wave wave wave")
        #expect(try await cast.vault.indexWaiting(atMost: 100))
      }
    } while after != nil
    #expect(best.count == 25 && Set(best) == Set(all.prefix(25)))
    await cast.vault.close()
  }

  @Test func `highlights are bytes of the text as it was written`() throws {
    let query = try #require(SearchQuery("cafe 東京 igh 👍"))
    let text = "Ein Café in 東京: lighthouse 👍🏽, cafes"
    let bytes = Array(text.utf8)
    let marked = query.matches(in: text).map { String(decoding: bytes[$0], as: UTF8.self) }
    #expect(marked == ["Café", "東京", "igh", "👍", "cafe"])
    #expect(try #require(SearchQuery("in")).matches(in: "inside in").map(\.lowerBound) == [7])
    #expect(try #require(SearchQuery("aa")).matches(in: "aaa").isEmpty)
    #expect(try #require(SearchQuery("aaa")).matches(in: "aaaaa") == [0..<5])
  }

  @Test func `a rebuilt index finds what the old one did`() async throws {
    let cast = try await Cast.open()
    _ = try await cast.say("kept words")
    #expect(try await found(cast, "kept").count == 1)
    try await cast.vault.write { transaction in
      try transaction.checkSearch()
      try transaction.rebuildSearch()
    }
    try await cast.vault.optimise()
    #expect(try await cast.vault.check(repair: true).repaired.isEmpty)
    #expect(try await found(cast, "kept").count == 1)
    #expect(try await entriesLeft(cast) == 1)
    await cast.vault.close()
  }

  @Test func `random edits, deletions and restores leave what a reading of all rows finds`() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = RandomSource.seeded(seed)
    let cast = try await Cast.open()
    let words = ["sea", "seaside", "light", "lighthouse", "東京", "京都", "a", "über"]
    var (lines, trashed) = ([ULID](), [ULID]())
    for step in 0..<300 {
      func text() -> String {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
          .joined(separator: " ")
      }
      switch Int.random(in: 0..<6, using: &random) {
      case 0...1: lines.append(try await cast.say(text()).id)
      case 2:
        guard let id = lines.randomElement(using: &random) else { continue }
        let parts = [Part.text(text())]
        _ = try? await cast.vault.write { try $0.replace(message: id, by: parts) }
      case 3:
        guard let id = lines.randomElement(using: &random) else { continue }
        let entry = cast.ids.make()
        if (try? await cast.vault.write { try $0.delete(message: id, children: nil, entry: entry) }) != nil {
          trashed.append(entry)
        }
      case 4:
        guard let entry = trashed.popLast() else { continue }
        let purge = Bool.random(using: &random)
        try await cast.vault.write { purge ? try $0.purge(entry) : try $0.restore(entry) }
      default: _ = try await cast.vault.write { try $0.index(atMost: 3) }
      }
      guard step % 30 == 29 else { continue }
      let alive = try await cast.vault.read { snapshot in
        try snapshot.rows(Query("SELECT text FROM messages WHERE trash IS NULL ORDER BY id DESC")) {
          $0.text(0)
        }
      }
      for word in ["sea", "light", "igh", "京都", "京", "a", "uber"] {
        let query = try #require(SearchQuery(word))
        let expected = alive.filter { !query.matches(in: $0).isEmpty }
        #expect(try await found(cast, word) == expected, "seed \(seed), step \(step), \(word)")
      }
    }
    let shown = try await count("SELECT count(*) FROM messages WHERE trash IS NULL", cast)
    #expect(try await entriesLeft(cast) == shown, "seed \(seed)")
    await cast.vault.close()
  }

  private func count(_ sql: String, _ cast: Cast) async throws -> Int64 {
    try await cast.vault.read { snapshot in try snapshot.first(Query(sql)) { $0.integer(0) } ?? 0 }
  }
}
