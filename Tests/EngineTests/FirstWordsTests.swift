import Base
import Model
import Posix
import Store
import TestSupport
import Testing

@testable import Engine

/// What comes of calls that meet, and of calls that ask for too much.
@Suite(.timeLimit(.minutes(1))) struct FirstWordsTests {
  init() { Loop.start() }

  @Test func `many first words to a companion at once open one chat`() async throws {
    let house = try await EngineHouse()
    _ = try await house.engine.companions.create(
      persona: Persona(name: "Ada"), handle: "ada", tags: [], of: EngineHouse.mira, recording: nil,
      origin: EngineHouse.origin)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...8 {
        group.addTask {
          var request = SendRequest(to: .companion("ada"), text: "Hello \(number)")
          request.respond = false
          _ = try await house.engine.turns.perform(
            .send(request), of: EngineHouse.mira, recording: nil, origin: EngineHouse.origin)
        }
      }
      try await group.waitForAll()
    }
    let chats = try await house.engine.chats.list(
      companion: nil, of: EngineHouse.mira, query: nil, cursor: nil, limit: 9)
    #expect(chats.items.map(\.messages) == [8])
    let created = house.told.events.count { if case .chatCreated = $0.subject { true } else { false } }
    #expect(created == 1)
    await house.vaults.close()
  }

  @Test func `an edit that names a revision is refused when somebody was faster`() async throws {
    let stand = try await BranchHouse.open()
    let line = try await stand.add("One.", .user)
    func edit(_ text: String, _ form: EditRequest.Form) async throws(EngineError) {
      _ = try await stand.perform(
        .edit(
          EditRequest(message: line.id, text: text, form: form, respond: false, ifRevision: line.revision)))
    }
    try await edit("Two.", .sibling)
    try await edit("Three.", .replace)
    for form in EditRequest.Form.allCases {
      #expect(await failure { () throws(EngineError) in try await edit("Four.", form) } == "conflict")
    }
    #expect(try await stand.house.engine.messages.get(line.id, of: stand.owner).text == "Three.")
    #expect(try await stand.now().messages == 2)
    #expect(await onLoop { stand.house.engine.turns.locks.isEmpty })
    await stand.end()
  }

  @Test func `a model's name has a limit where a call names one`() async throws {
    let stand = try await BranchHouse.open()
    let line = try await stand.add("One.", .user)
    let long = String(repeating: "m", count: 70_000)
    let refused = await failure { () throws(EngineError) in
      _ = try await stand.perform(.regenerate(RegenerateRequest(message: line.id, model: long)))
    }
    #expect(refused == "invalid")
    #expect(await onLoop { stand.house.engine.turns.locks.isEmpty })
    await stand.end()
  }
}
