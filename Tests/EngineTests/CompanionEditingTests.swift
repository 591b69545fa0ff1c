import Base
import Engine
import Model
import Store
import TestSupport
import Testing

@Suite struct CompanionEditingTests {
  private let mira = EngineHouse.mira

  private func house() async throws -> EngineHouse {
    let house = try await EngineHouse()
    for name in ["Ada", "Bea"] {
      var persona = Persona(name: name)
      persona.description = "Keeps a light."
      _ = try await house.engine.companions.create(
        persona: persona, handle: nil, tags: [], of: mira, recording: nil, origin: EngineHouse.origin)
    }
    return house
  }

  private func value<Value>(_ recorded: Recorded<Value>) throws -> Value {
    guard case .fresh(let value) = recorded else { throw EngineError.fault("replayed") }
    return value
  }

  @discardableResult
  private func update(
    _ house: EngineHouse, _ name: String, ifRevision: Int64? = nil, _ edit: (inout CompanionChange) -> Void
  ) async throws(EngineError) -> Companion? {
    var change = CompanionChange()
    edit(&change)
    let recorded = try await house.engine.companions.update(
      name, change, ifRevision: ifRevision, of: mira, recording: nil, origin: EngineHouse.origin)
    guard case .fresh(let companion) = recorded else { return nil }
    return companion
  }

  private func topics(_ house: EngineHouse) -> [String] {
    house.told.events.map { event in
      switch event.subject {
      case .companionCreated: "created"
      case .companionUpdated: "updated"
      case .companionPublished: "published"
      case .companionDeleted: "deleted"
      case .chatCreated: "chat"
      default: "other"
      }
    }
  }

  @Test func `an update changes the draft, and publishing makes it what new chats begin with`() async throws {
    let house = try await house()
    let desk = house.engine.companions
    let updated = try #require(
      try await update(house, "ada") { change in
        change.persona = ["name": "Ada Vane", "personality": "Dry.", "description": .null]
        change.tagline = .set("Sees ships first.")
        change.tags = ["sea"]
      })
    #expect(updated.name == "Ada Vane" && updated.revision == 2 && updated.version == 1)
    #expect(updated.tagline == "Sees ships first." && updated.tags == ["sea"])
    let draft = try await desk.version(0, of: "ada", owner: mira)
    #expect(draft.persona.personality == "Dry." && draft.persona.description == nil && !draft.published)
    #expect(try await desk.version(1, of: "ada", owner: mira).persona.description == "Keeps a light.")
    let published = try value(
      try await desk.publish("ada", note: "Drier.", of: mira, recording: nil, origin: EngineHouse.origin))
    #expect(published.version.version == 2 && published.version.note == "Drier.")
    #expect(published.companion.version == 2 && published.companion.revision == 3)
    #expect(try await desk.get("ada", of: mira).version.persona.personality == "Dry.")
    let first = try await desk.versions(of: "ada", cursor: nil, limit: 2, owner: mira)
    #expect(first.items.map(\.version) == [2, 1])
    let rest = try await desk.versions(of: "ada", cursor: first.next, limit: 2, owner: mira)
    #expect(rest.items.map(\.version) == [0] && rest.next == nil)
    #expect(topics(house) == ["created", "created", "updated", "published"])
    await house.vaults.close()
  }

  @Test func `an edit in between, a taken handle and a senseless value change nothing`() async throws {
    let house = try await house()
    try await update(house, "ada", ifRevision: 1) { $0.tags = ["a"] }
    let late = await failure { () throws(EngineError) in
      try await update(house, "ada", ifRevision: 1) { $0.tags = ["b"] }
    }
    #expect(late == "conflict")
    let invalid: [(inout CompanionChange) -> Void] = [
      { $0.handle = "bea" }, { $0.handle = "Not A Handle" }, { $0.tags = [""] }, { $0.tagline = .set("") },
      { $0.persona = "Ada" }, { $0.persona = ["name": .null] }, { $0.persona = ["age": "old"] },
      { $0.persona = ["name": "  "] },
    ]
    for edit in invalid {
      #expect(
        await failure { () throws(EngineError) in try await update(house, "ada", edit) } == "invalid")
    }
    let companion = try await house.engine.companions.get("ada", of: mira).companion
    #expect(companion.revision == 2 && companion.tags == ["a"] && companion.name == "Ada")
    #expect(topics(house) == ["created", "created", "updated"])
    await house.vaults.close()
  }

  @Test func `what is so already is no edit, and told to nobody`() async throws {
    let house = try await house()
    let same = try await update(house, "ada") { change in
      change.handle = "ada"
      change.persona = ["description": "Keeps a light."]
    }
    #expect(same?.revision == 1)
    #expect(topics(house) == ["created", "created"])
    await house.vaults.close()
  }

  @Test func `an archived companion leaves the usual lists and comes back`() async throws {
    let house = try await house()
    let desk = house.engine.companions
    _ = try await desk.archive("ada", true, of: mira, recording: nil, origin: EngineHouse.origin)
    let usual = try await desk.list(of: mira, query: nil, archived: false, cursor: nil, limit: 9)
    #expect(usual.items.map(\.handle) == ["bea"])
    #expect(try await desk.get("ada", of: mira).companion.archived)
    _ = try await desk.archive("ada", false, of: mira, recording: nil, origin: EngineHouse.origin)
    #expect(
      try await desk.list(of: mira, query: nil, archived: false, cursor: nil, limit: 9).items.count == 2)
    #expect(topics(house) == ["created", "created", "updated", "updated"])
    await house.vaults.close()
  }

  @Test func `a deleted companion takes its chats to the trash and brings them back`() async throws {
    let house = try await house()
    let desk = house.engine.companions
    let chat = try value(
      try await house.engine.chats.create(
        companion: "ada", title: nil, mode: nil, settings: nil, version: nil, greeting: nil, of: mira,
        recording: nil, origin: EngineHouse.origin))
    let wrong = await failure { () throws(EngineError) in
      _ = try await desk.delete("ada", ifRevision: 7, of: mira, recording: nil, origin: EngineHouse.origin)
    }
    #expect(wrong == "conflict")
    let entry = try value(
      try await desk.delete("ada", ifRevision: 1, of: mira, recording: nil, origin: EngineHouse.origin))
    #expect(entry.kind == .companion && entry.title == "Ada")
    #expect(entry.purgeAt == entry.deletedAt + .seconds(30 * 86_400))
    let gone = await failure { () throws(EngineError) in _ = try await desk.get("ada", of: mira) }
    let without = await failure { () throws(EngineError) in
      _ = try await house.engine.chats.get(chat.id, of: mira)
    }
    #expect(gone == "notFound" && without == "notFound")
    // Another takes the handle: the old one waits until it is free.
    try await update(house, "bea") { $0.handle = "ada" }
    let taken = await failure { () throws(EngineError) in
      _ = try await house.engine.trash.restore(
        entry.id, of: mira, recording: nil, origin: EngineHouse.origin)
    }
    #expect(taken == "invalid")
    try await update(house, "ada") { $0.handle = "bea" }
    _ = try await house.engine.trash.restore(entry.id, of: mira, recording: nil, origin: EngineHouse.origin)
    #expect(try await desk.get("ada", of: mira).companion.name == "Ada")
    #expect(try await house.engine.chats.get(chat.id, of: mira).id == chat.id)
    #expect(try await house.engine.trash.list(of: mira, cursor: nil, limit: 9).items.isEmpty)
    #expect(
      topics(house) == ["created", "created", "chat", "deleted", "updated", "updated", "created"])
    await house.vaults.close()
  }
}
