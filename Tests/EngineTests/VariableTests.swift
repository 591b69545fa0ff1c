import Base
import Engine
import Model
import Store
import TestSupport
import Testing

/// What a card's macros set is kept with the reply whose prompt set it, and follows the branch.
@Suite(.timeLimit(.minutes(2))) struct VariableTests {
  private static var persona: Persona {
    var persona = Persona(name: "Ada")
    persona.postHistory = "Visit {{incvar::visits}}."
    return persona
  }

  private func lastTold(_ stand: TailStand) throws -> String {
    let last = try #require(stand.upstream.requests.last)
    return try #require(JSONValue.parsed(last.body)?.told.last)
  }

  @Test func `they change when a turn commits, and each branch has its own`() async throws {
    let stand = try await TailStand(persona: Self.persona, every: 0)
    let first = try await stand.say("One.")
    #expect(try lastTold(stand) == "Visit 1.")
    #expect(first.reply.state?.variables == ["visits": "1"])
    for _ in 1...2 {
      let preview = try await stand.engine.turns.preview(
        .init(chat: stand.chat, text: "Two."), of: stand.owner)
      #expect("\(preview.request)".contains("Visit 2."), "looking commits nothing")
    }
    let second = try await stand.say("Two.")
    #expect(try lastTold(stand) == "Visit 2.")
    try await stand.branch.reply(
      try await stand.branch.perform(.regenerate(RegenerateRequest(message: second.reply.id))))
    #expect(try lastTold(stand) == "Visit 2.", "its sibling knows nothing of it")
    _ = try await stand.say("Three.")
    #expect(try lastTold(stand) == "Visit 3.")
    _ = try await stand.say("Elsewhere.", under: first.reply.id)
    #expect(try lastTold(stand) == "Visit 2.")
    #expect(try await stand.scene().state.variables == ["visits": "2"])
    #expect(try await stand.scene(first.reply.id).state.variables == ["visits": "1"])
    await stand.end()
  }

  @Test func `a turn that comes to nothing changes nothing`() async throws {
    let stand = try await TailStand(persona: Self.persona, every: 0)
    _ = try await stand.say("One.")
    stand.upstream.answer(.whole(401, "{}"))
    let failed = try await stand.branch.send("Two.")
    _ = try await stand.engine.turns.waitForReply(try #require(failed.turn).id, of: stand.owner)
    #expect(try lastTold(stand) == "Visit 2.")
    try await stand.branch.reply(
      try await stand.branch.perform(.regenerate(RegenerateRequest(message: try #require(failed.message).id)))
    )
    #expect(try lastTold(stand) == "Visit 2.")
    #expect(try await stand.scene().state.variables == ["visits": "2"])
    await stand.end()
  }

  @Test func `an opening's hold on its own branch`() async throws {
    var persona = Self.persona
    persona.greetings = ["{{setvar::visits::10}}Again?", "New here?"]
    let stand = try await TailStand(persona: persona, every: 0)
    let head = try #require(try await stand.branch.now().head)
    #expect(try await stand.scene(head).state.variables == ["visits": "10"])
    _ = try await stand.say("Yes.")
    #expect(try lastTold(stand) == "Visit 11.")
    let siblings = try await stand.engine.messages.siblings(
      of: head, cursor: nil, limit: 9, owner: stand.owner)
    let other = try #require(siblings.items.first { $0.message.id != head })
    _ = try await stand.say("No.", under: other.message.id)
    #expect(try lastTold(stand) == "Visit 1.")
    await stand.end()
  }

  /// They are kept with a scene that nobody has looked at: what was not read still is.
  @Test func `an analysis reads on from the last that was read, and keeps them`() async throws {
    let stand = try await TailStand(persona: Self.persona)
    stand.plan(.answer("Rubbish."), .answer("Rubbish."), .answer(#"{"location":"the hall"}"#))
    let first = try await stand.sayAndRead("One.")
    #expect(try await stand.scene(first.reply.id).state.at == nil)
    let second = try await stand.sayAndRead("Two.")
    #expect(stand.analyses[2].told.last?.contains("the last 4 lines") == true)
    let scene = try await stand.scene(second.reply.id).state
    #expect(scene.location == "the hall" && scene.variables == ["visits": "2"] && scene.at != nil)
    // By hand, they stay as well.
    try await stand.correct(second.reply.id, .init(location: "the yard"))
    _ = try await stand.sayAndRead("Three.")
    #expect(stand.analyses[3].told.last?.contains("the last 2 lines") == true)
    let last = try await stand.scene().state
    #expect(last.location == "the yard" && last.variables == ["visits": "3"])
    await stand.end()
  }

  @Test func `all of them together have so many bytes`() async throws {
    var persona = Persona(name: "Ada")
    persona.postHistory =
      "{{setvar::a::\(String(repeating: "x", count: 4_094))}}{{setvar::b::}}{{setvar::c::}}[{{getvar::b}}]"
    let stand = try await TailStand(persona: persona, every: 0)
    let said = try await stand.say("One.")
    #expect(said.reply.state?.variables?.keys.sorted() == ["a", "b"])
    await stand.end()
  }
}
