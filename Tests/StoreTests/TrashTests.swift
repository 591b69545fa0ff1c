import Base
import Model
import Testing

@testable import Store

@Suite struct TrashTests {
  /// What a client has that replays everything from the beginning.
  private func alive(_ cast: Cast) async throws -> Set<String> {
    let page = try await cast.vault.read { try $0.changes(since: 0, limit: 10_000) }
    return Set(page.items.filter { $0.deleted == nil && $0.kind != "settings" }.map(\.id))
  }

  @Test func `a message with children is not deleted without a rule`() async throws {
    let cast = try await Cast.open()
    let top = try await cast.say("a")
    _ = try await cast.say("b", under: top.id)
    _ = try await cast.say("c", under: top.id)
    let entry = cast.ids.make()
    let refusal = await cast.refusal(HasChildren.self) {
      try $0.delete(message: top.id, children: nil, entry: entry)
    }
    #expect(refusal == HasChildren(count: 2))
    #expect(try await cast.chatNow().messages == 3)
    #expect(try await cast.vault.read { try $0.trash(limit: 10) }.items.isEmpty)
    await cast.vault.close()
  }

  @Test func `the head moves to the parent when it is deleted, and stays otherwise`() async throws {
    let cast = try await Cast.open()
    let top = try await cast.say("a")
    let one = try await cast.say("b", under: top.id)
    let two = try await cast.say("c", under: top.id)
    let entries = [cast.ids.make(), cast.ids.make()]
    try await cast.vault.write { try $0.delete(message: one.id, children: nil, entry: entries[0]) }
    #expect(try await cast.chatNow().head == two.id)
    try await cast.vault.write { try $0.delete(message: two.id, children: nil, entry: entries[1]) }
    #expect(try await cast.chatNow().head == top.id)
    await cast.vault.close()
  }

  /// A client that applies every page of changes to what it has.
  private func sync(_ cast: Cast, _ known: inout Set<String>, since: Int64) async throws -> Int64 {
    let page = try await cast.vault.read { try $0.changes(since: since, limit: 10_000) }
    for item in page.items where item.kind != "settings" {
      if item.deleted == true { known.remove(item.id) } else { known.insert(item.id) }
    }
    return page.latest
  }

  @Test(arguments: ["chat", "companion"])
  func `whoever followed the changes has after a restore what a replay from the beginning has`(
    _ kind: String
  ) async throws {
    let cast = try await Cast.open()
    let line = try await cast.say("a")
    let turns = (0..<450).map { number in
      Turn(
        id: cast.ids.make(), chat: cast.chat, companion: cast.companion, kind: .reply, phase: .done,
        startedAt: Timestamp(milliseconds: 1), model: "m")
    }
    try await cast.vault.write { transaction in for turn in turns { try transaction.insert(turn) } }
    let entry = cast.ids.make()
    // One follows from the beginning, one comes while the chat lies in the trash.
    var (early, late): (Set<String>, Set<String>) = ([], [])
    var position = try await sync(cast, &early, since: 0)
    #expect(early.contains(turns[0].id.description))
    try await cast.vault.write { transaction in
      if kind == "chat" {
        try transaction.delete(chat: cast.chat, entry: entry)
      } else {
        try transaction.delete(companion: cast.companion, entry: entry)
      }
    }
    position = try await sync(cast, &early, since: position)
    // Whoever hears that a chat went lets go of all that belongs to it.
    early.subtract(turns.map(\.id.description) + [line.id.description])
    _ = try await sync(cast, &late, since: 0)
    #expect(!late.contains(turns[0].id.description))
    try await cast.vault.write { try $0.restore(entry) }
    for client in [early, late] {
      var known = client
      _ = try await sync(cast, &known, since: position)
      #expect(known == (try await alive(cast)))
    }
    #expect(try await alive(cast).isSuperset(of: turns.map(\.id.description)))
    // No change is larger than a page.
    let since = position
    let items = try await cast.vault.read { try $0.changes(since: since, limit: 10_000) }.items
    let sizes = Dictionary(grouping: items, by: \.change).mapValues(\.count)
    #expect((sizes.values.max() ?? 0) <= Ledger.rowsPerChange)
    await cast.vault.close()
  }

  @Test func `a chat in the trash is gone to every reader and comes back whole`() async throws {
    let cast = try await Cast.open()
    let lines = [try await cast.say("a"), try await cast.say("b")]
    let before = try await alive(cast)
    let entry = cast.ids.make()
    try await cast.vault.write { try $0.delete(chat: cast.chat, entry: entry) }
    #expect(try await alive(cast) == [cast.companion.description])
    await #expect(throws: StoreError.self) { try await cast.chatNow() }
    #expect(try await cast.vault.read { try $0.chats(limit: 10) }.items.isEmpty)
    #expect(try await cast.vault.read { try $0.companion(cast.companion) }.chats == 0)
    let listed = try await cast.vault.read { try $0.trash(limit: 10) }.items
    #expect(listed.map(\.item) == [cast.chat] && listed.map(\.kind) == ["chat"])
    let position = try await cast.vault.read { try $0.change() }
    try await cast.vault.write { try $0.restore(entry) }
    #expect(try await alive(cast) == before)
    let told = try await cast.vault.read { try $0.changes(since: position, limit: 100) }.items.map(\.id)
    #expect(Set(told).isSuperset(of: [cast.chat.description] + lines.map(\.id.description)))
    #expect(try await cast.vault.read { try $0.trash(limit: 10) }.items.isEmpty)
    await cast.vault.close()
  }

  @Test func `a companion takes its chats along, and comes back under a free handle only`() async throws {
    let cast = try await Cast.open()
    _ = try await cast.say("a")
    let (entry, other) = (cast.ids.make(), cast.ids.make())
    try await cast.vault.write { try $0.delete(companion: cast.companion, entry: entry) }
    #expect(try await alive(cast).isEmpty)
    _ = try await cast.vault.write {
      try $0.insert(NewCompanion(id: other, handle: "ada", persona: Persona(name: "Second")))
    }
    #expect(await cast.refusal(HandleTaken.self) { try $0.restore(entry) } == HandleTaken(handle: "ada"))
    var edit = CompanionEdit()
    edit.handle = "second"
    let change = edit
    _ = try await cast.vault.write { try $0.update(companion: other, change) }
    try await cast.vault.write { try $0.restore(entry) }
    #expect(try await cast.chatNow().messages == 1)
    #expect(try await cast.vault.read { try $0.companion(named: "ada") }.id == cast.companion)
    await cast.vault.close()
  }

  @Test func `what lies below something deleted later waits for it`() async throws {
    let cast = try await Cast.open()
    let top = try await cast.say("a")
    let child = try await cast.say("b", under: top.id)
    let entries = [cast.ids.make(), cast.ids.make(), cast.ids.make()]
    try await cast.vault.write { try $0.delete(message: child.id, children: nil, entry: entries[0]) }
    try await cast.vault.write { try $0.delete(message: top.id, children: nil, entry: entries[1]) }
    #expect(await cast.refusal(RestoreBlocked.self) { try $0.restore(entries[0]) } != nil)
    try await cast.vault.write { try $0.restore(entries[1]) }
    try await cast.vault.write { try $0.delete(chat: cast.chat, entry: entries[2]) }
    #expect(await cast.refusal(RestoreBlocked.self) { try $0.restore(entries[0]) } != nil)
    try await cast.vault.write { try $0.restore(entries[2]) }
    try await cast.vault.write { try $0.restore(entries[0]) }
    #expect(try await cast.chatNow().messages == 2)
    await cast.vault.close()
  }

  @Test func `purging removes the rows and whatever hung below them`() async throws {
    let cast = try await Cast.open()
    let top = try await cast.say("a")
    let child = try await cast.say("b", under: top.id)
    let entries = [cast.ids.make(), cast.ids.make(), cast.ids.make()]
    _ = try await cast.vault.write { try $0.replace(message: child.id, by: [.text("b2")]) }
    try await cast.vault.write { try $0.delete(message: child.id, children: nil, entry: entries[0]) }
    try await cast.vault.write { try $0.delete(message: top.id, children: nil, entry: entries[1]) }
    try await cast.vault.write { try $0.purge(entries[1]) }
    var rows = try await cast.vault.stats().rows
    #expect(rows["messages"] == 0 && rows["message_revisions"] == 0 && rows["trash"] == 0)
    _ = try await cast.say("c")
    try await cast.vault.write { try $0.delete(companion: cast.companion, entry: entries[2]) }
    try await cast.vault.write { try $0.purge(entries[2]) }
    rows = try await cast.vault.stats().rows
    for table in ["messages", "chats", "companions", "companion_versions", "turns", "trash"] {
      #expect(rows[table] == 0, "\(table)")
    }
    #expect(try await cast.vault.check().ok)
    await cast.vault.close()
  }

  @Test func `expired entries are told by the clock, those from the future are kept`() async throws {
    let time = Lock(Timestamp(milliseconds: 1_800_000_000_000))
    let cast = try await Cast.open(wallClock: WallClock { time.withLock { $0 } })
    let line = try await cast.say("a")
    let entry = cast.ids.make()
    try await cast.vault.write { try $0.delete(message: line.id, children: nil, entry: entry) }
    let at = time.withLock { $0 }
    #expect(try await cast.vault.read { try $0.expiredTrash(before: at + .seconds(-1), limit: 9) }.isEmpty)
    #expect(try await cast.vault.read { try $0.expiredTrash(before: at, limit: 9) }.map(\.id) == [entry])
    await cast.vault.close()
  }
}
