import Base
import Model
import Testing

@testable import Store

@Suite struct CompanionTests {
  @Test func `a new companion has version 1 published and a draft that equals it`() async throws {
    let cast = try await Cast.open()
    let companion = try await cast.vault.read { try $0.companion(cast.companion) }
    #expect(companion.handle == "ada" && companion.name == "Ada" && companion.version == 1)
    #expect(companion.revision == 1 && companion.chats == 1 && companion.lastMessageAt == nil)
    let versions = try await cast.vault.read { try $0.versions(of: cast.companion) }.items
    #expect(versions.map(\.version) == [1, 0])
    #expect(versions.map(\.published) == [true, false])
    #expect(versions.allSatisfy { $0.persona == Persona(name: "Ada") })
    await cast.vault.close()
  }

  @Test func `an edit changes the draft only, and publishing freezes it`() async throws {
    let cast = try await Cast.open()
    var persona = Persona(name: "Ada L.")
    persona.greetings = ["Good day.", "Ah, it is you."]
    persona.extensions = .object(["kept": .array([.integer(1), .null])])
    var edit = CompanionEdit()
    edit.persona = persona
    edit.tagline = .set("First of her kind")
    edit.tags = ["history", "maths"]
    let (change, draft) = (edit, persona)
    let edited = try await cast.vault.write {
      try $0.update(companion: cast.companion, change, ifRevision: 1)
    }
    #expect(edited.name == "Ada L." && edited.tags == ["history", "maths"] && edited.revision == 2)
    #expect(
      try await cast.vault.read { try $0.version(1, of: cast.companion) }.persona == Persona(name: "Ada"))
    let published = try await cast.vault.write { try $0.publish(companion: cast.companion, note: "warmer") }
    #expect(published.version == 2 && published.note == "warmer" && published.persona == draft)
    #expect(try await cast.vault.read { try $0.companion(cast.companion) }.version == 2)
    // The chat stays with what it was pinned to.
    #expect(try await cast.chatNow().version == 1)
    await cast.vault.close()
  }

  @Test func `what was made of a draft is forgotten when the draft changes`() async throws {
    let cast = try await Cast.open()
    let roleplay = CompanionVersion.Roleplay(
      appearance: "tall", summary: "curious", generatedBy: "derived", at: Timestamp(milliseconds: 0))
    try await cast.vault.write { try $0.set(roleplay, of: 0, of: cast.companion) }
    #expect(try await cast.vault.read { try $0.version(0, of: cast.companion) }.roleplay == roleplay)
    var edit = CompanionEdit()
    edit.persona = Persona(name: "Other")
    let change = edit
    _ = try await cast.vault.write { try $0.update(companion: cast.companion, change) }
    #expect(try await cast.vault.read { try $0.version(0, of: cast.companion) }.roleplay == nil)
    await cast.vault.close()
  }

  @Test func `an edit that changes nothing writes nothing, one on an old revision is refused`() async throws {
    let cast = try await Cast.open()
    let before = try await cast.vault.read { try $0.change() }
    var edit = CompanionEdit()
    edit.persona = Persona(name: "Ada")
    edit.handle = "ada"
    let change = edit
    #expect(try await cast.vault.write { try $0.update(companion: cast.companion, change) }.revision == 1)
    #expect(try await cast.vault.read { try $0.change() } == before)
    let refusal = await cast.refusal(StoreError.self) {
      _ = try $0.update(companion: cast.companion, change, ifRevision: 7)
    }
    guard case .conflict(revision: 1)? = refusal else {
      Issue.record("\(String(describing: refusal))")
      return
    }
    await cast.vault.close()
  }

  @Test func `a handle names one companion`() async throws {
    let cast = try await Cast.open()
    let other = cast.ids.make()
    let taken = await cast.refusal(HandleTaken.self) {
      _ = try $0.insert(NewCompanion(id: other, handle: "ada", persona: Persona(name: "B")))
    }
    #expect(taken == HandleTaken(handle: "ada"))
    _ = try await cast.vault.write {
      try $0.insert(NewCompanion(id: other, handle: "adele", persona: Persona(name: "Adele")))
    }
    func found(_ name: String) async throws -> ULID? {
      try? await cast.vault.read { try $0.companion(named: name) }.id
    }
    #expect(try await found("ada") == cast.companion)
    #expect(try await found("ade") == other)
    #expect(try await found("ad") == nil)
    #expect(try await found("") == nil)
    #expect(try await found("a*") == nil)
    #expect(try await found(other.description) == other)
    #expect(try await found(other.description.lowercased()) == other)
    await cast.vault.close()
  }

  @Test func `lists go from the newest in pages, and leave archived ones out`() async throws {
    let cast = try await Cast.open()
    var made = [cast.companion]
    for number in 0..<7 {
      let id = cast.ids.make()
      made.append(id)
      _ = try await cast.vault.write {
        try $0.insert(NewCompanion(id: id, handle: "c\(number)", persona: Persona(name: "Name \(number)")))
      }
    }
    var edit = CompanionEdit()
    edit.archived = true
    let (archive, archived) = (edit, made[3])
    _ = try await cast.vault.write { try $0.update(companion: archived, archive) }
    var (seen, position): ([ULID], Int64?) = ([], nil)
    repeat {
      let before = position
      let page = try await cast.vault.read { try $0.companions(before: before, limit: 3) }
      seen += page.items.map(\.id)
      position = page.next
    } while position != nil
    #expect(seen == made.filter { $0 != archived }.reversed())
    #expect(try await cast.vault.read { try $0.companions(archived: true, limit: 50) }.items.count == 8)
    #expect(
      try await cast.vault.read { try $0.companions(query: "NAME 5", limit: 50) }.items.map(\.handle) == [
        "c5"
      ])
    await cast.vault.close()
  }
}
