import Base
import Model
import Testing

@testable import Store

/// Texts by their bytes: how many go into a page, and which are the same.
@Suite struct LongTextTests {
  @Test func `a page of long messages ends behind 4 MiB of text, and the next goes on there`() async throws {
    let cast = try await Cast.open()
    let text = String(repeating: "x", count: 1 << 20)
    var branch: [ULID] = []
    for _ in 1...10 { branch.append(try await cast.say(text, under: branch.last).id) }
    let chat = cast.chat
    var read: [ULID] = []
    var sizes: [Int] = []
    var edge = HistoryEdge.newest
    var more = true
    while more {
      let page = try await cast.vault.read { [edge] in try $0.history(of: chat, edge, limit: 200) }
      sizes.append(page.messages.count)
      read = page.messages.map(\.id) + read
      more = page.more
      edge = .before(try #require(page.messages.first).id)
    }
    #expect(read == branch && sizes == [4, 4, 2])
    let after = try await cast.vault.read { [branch] in
      try $0.history(of: chat, .after(branch[0]), limit: 200)
    }
    #expect(after.messages.map(\.id) == Array(branch[1...4]) && after.more)
    // One that is larger by itself comes alone.
    let long = try await cast.say(String(repeating: "y", count: 5 << 20), under: branch.last)
    let alone = try await cast.vault.read { try $0.history(of: chat, limit: 200) }
    #expect(alone.messages.map(\.id) == [long.id] && alone.more)
    for _ in 1...5 { _ = try await cast.say(text, under: branch[0]) }
    let sibling = branch[1]
    var siblings: [ULID] = []
    var next: Int64? = 0
    while let after = next {
      let page = try await cast.vault.read { try $0.siblings(of: sibling, after: after, limit: 200) }
      #expect(page.items.count <= 4)
      siblings += page.items.map(\.message.id)
      next = page.next
    }
    #expect(siblings.count == 6 && Set(siblings).count == 6)
    var leaves: [ULID] = []
    next = .max
    while let before = next {
      let page = try await cast.vault.read { try $0.leaves(of: chat, before: before, limit: 200) }
      leaves += page.items.map(\.id)
      next = page.next
    }
    #expect(leaves.count == 6 && Set(leaves).count == 6)
    await cast.vault.close()
  }

  @Test func `an edit that only writes a letter in another way is kept`() async throws {
    let cast = try await Cast.open()
    let (one, other) = ("caf\u{E9}", "cafe\u{301}")
    #expect(one == other, "they are equal, and yet not the same bytes")
    let line = try await cast.say(one)
    let (chat, companion) = (cast.chat, cast.companion)
    for (text, revision) in [(other, 2), (other, 2), (one, 3)] as [(String, Int64)] {
      let message = try await cast.vault.write { try $0.replace(message: line.id, by: [.text(text)]) }
      #expect(Array(message.text.utf8) == Array(text.utf8) && message.revision == revision)
      var edit = ChatEdit()
      edit.title = text
      let title = edit
      let named = try await cast.vault.write { try $0.update(chat: chat, title) }
      #expect(Array(named.title.utf8) == Array(text.utf8))
      let settings = try await cast.vault.write {
        try $0.apply(SettingsPatch(user: .set(UserPersona(name: text)))).settings
      }
      #expect(settings.user.map { Array($0.name.utf8) } == Array(text.utf8))
      var persona = Persona(name: "Ada")
      persona.description = text
      var draft = CompanionEdit()
      draft.persona = persona
      let change = draft
      let stored = try await cast.vault.write { transaction in
        _ = try transaction.update(companion: companion, change)
        return try transaction.version(0, of: companion).persona.description
      }
      #expect(stored.map { Array($0.utf8) } == Array(text.utf8))
    }
    await cast.vault.close()
  }
}
