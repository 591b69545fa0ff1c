import Base
import Model
import Testing

@testable import Engine

/// The guards together, as a reply meets them.
@Suite struct ReplyGuardsTests {
  private func guards(
    _ asked: String? = nil, after old: String = "", _ change: (inout ChatSettings) -> Void = { _ in }
  )
    -> ReplyGuards
  {
    var settings = ChatSettings()
    settings.user = UserPersona(name: "Ada")
    settings.maxTokens = 100
    change(&settings)
    let id = ULIDMaker().make()
    let time = Timestamp(milliseconds: 0)
    let chat = Chat(
      id: id, companion: id, version: 1, settings: settings, revision: 1, createdAt: time, updatedAt: time,
      change: 1)
    return ReplyGuards(
      TurnContext(
        chat: chat, persona: Persona(name: "Mira"), leaf: nil, history: [], omitted: 0, userLines: 0),
      asked: asked,
      after: old)
  }

  private func run(_ pieces: [String], _ guards: ReplyGuards) -> (text: String, ending: ReplyGuards.Ending?) {
    var guards = guards
    let text = pieces.map { guards.pass($0) }.joined()
    return (text + guards.flush(), guards.ending)
  }

  @Test func `each sees what the one before it let through, however it is cut`() {
    for pieces in Cuts.of(
      "<scene>{}</scene>**Mira:** As an AI language model, I smile. <mood>calm</mood>Come in.\n\nAda: Gladly."
    ) {
      #expect(run(pieces, guards()) == ("I smile. Come in.", .person), "\(pieces)")
    }
    for pieces in Cuts.of("Mira: Good night.\nA<|im_end|>\nuser") {
      #expect(run(pieces, guards()) == ("Good night.\nA", .control), "\(pieces)")
    }
    for pieces in Cuts.of("Good night.\nAda<|im_end|>: hello") {
      #expect(run(pieces, guards()) == ("Good night.\nAda", .control), "\(pieces)")
    }
  }

  @Test func `the length is cut at the byte, between scalars`() {
    let limit = LengthCap.least
    let full = (0..<limit).map { String($0 % 10) }.joined()
    let quiet = guards {
      $0.guards = .init(); $0.guards?.loops = false
    }
    #expect(run([full], quiet) == (full, nil))
    #expect(run([full, "x"], quiet) == (full, .length))
    #expect(run([String(full.dropLast()), "é!"], quiet) == (String(full.dropLast()), .length))
    let long = guards {
      $0.maxTokens = 1000; $0.guards = .init(); $0.guards?.loops = false
    }
    #expect(run(Array(repeating: full, count: 3), long).ending == .length)
    #expect(run([full, full], long).ending == nil)
  }

  @Test func `a loop ends it`() {
    let result = run(Array(repeating: "I love you. ", count: 200), guards())
    #expect(result.ending == .loop && result.text.count < 600)
  }

  @Test func `each can be switched off by itself`() {
    func off(_ text: String, _ change: @escaping (inout GuardSettings) -> Void) -> (
      String, ReplyGuards.Ending?
    ) {
      run(
        [text],
        guards { settings in
          var wanted = GuardSettings()
          change(&wanted)
          settings.guards = wanted
        })
    }
    #expect(off("Mira: hi") { $0.name = false } == ("Mira: hi", nil))
    #expect(off("hi\nAda: hi") { $0.person = false } == ("hi\nAda: hi", nil))
    #expect(off("hi <mood/>") { $0.tags = false } == ("hi <mood/>", nil))
    #expect(off("As an AI model, I nod.") { $0.boilerplate = false } == ("As an AI model, I nod.", nil))
    let loop = String(repeating: "I love you. ", count: 60)
    #expect(off(loop) { $0.loops = false } == (loop, nil))
    let long = (0..<900).map { "\($0 * 7919) " }.joined()
    #expect(off(long) { $0.length = false } == (long, nil))
    #expect(off(long) { _ in }.1 == .length)
  }

  @Test func `an honest question is answered honestly`() {
    let honest = "I'm an AI language model. I cannot see you."
    #expect(run([honest], guards("Are you an AI?")) == (honest, nil))
    #expect(run([honest], guards("Look at me!")) == ("I cannot see you.", nil))
  }
}
