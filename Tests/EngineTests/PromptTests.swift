import Base
import Engine
import Model
import Testing

/// What a model is told: everything that stays first, everything that changes last.
@Suite struct PromptTests {
  private var persona: Persona {
    var persona = Persona(name: "Mira Voss")
    persona.nickname = "Mira"
    persona.description = "{{char}} keeps bees and likes {{user}}."
    persona.personality = "Dry."
    persona.behaviour = "Never hurries."
    persona.exampleDialogue = "{{user}}: Hi. {{char}}: Mm."
    persona.postHistory = "Stay brief, {{Char}}."
    return persona
  }

  private let lines: [PromptBuilder.Line] = [
    .init(role: .assistant, text: "Come in."), .init(role: .user, text: "{{char}} stays as it is here."),
    .init(role: .narrator, text: "It rains."), .init(role: .user, text: "Well?"),
  ]

  private func prompt(_ change: (inout PromptBuilder) -> Void = { _ in }) -> Prompt {
    var builder = PromptBuilder(
      persona: persona, user: UserPersona(name: "Jon", overview: "A sailor."), userLines: 2, history: lines)
    change(&builder)
    return builder.build()
  }

  @Test func `sections stand in their order, names are filled in where people wrote them and nowhere else`() {
    let prompt = prompt()
    #expect(
      prompt.sections.map(\.name) == [
        "system", "persona", "personality", "behaviour", "user", "examples", "history", "history", "history",
        "history", "postHistory",
      ])
    #expect(prompt.stable == 6)
    #expect(prompt.sections[1].text == "Mira: Mira keeps bees and likes Jon.")
    #expect(prompt.sections[5].text.contains("\nJon: Hi. Mira: Mm.\n[The conversation itself]"))
    #expect(prompt.sections[7].text == "{{char}} stays as it is here.")
    #expect(prompt.sections[8].role == .system && prompt.sections[9].role == .user)
    #expect(prompt.sections[10].text == "Stay brief, Mira.")
    #expect(prompt.stops == ["\nJon:"], "the person's own lines are never the model's")
  }

  @Test func `the author's note comes at its depth, and with every so many of the person's lines`() {
    func place(_ note: AuthorNote) -> Int? {
      prompt { $0.note = note }.sections.dropFirst(6).firstIndex { $0.name == "authorsNote" }.map { $0 - 6 }
    }
    #expect(place(AuthorNote(text: "Rain.", depth: 0)) == 4)
    #expect(place(AuthorNote(text: "Rain.", depth: 1)) == 3)
    #expect(place(AuthorNote(text: "Rain.")) == 0)
    #expect(place(AuthorNote(text: "Rain.", depth: 99)) == 0)
    #expect(place(AuthorNote(text: "Rain.", depth: -1)) == 4)
    #expect(place(AuthorNote(text: " ", depth: 0)) == nil)
    #expect(place(AuthorNote(text: "Rain.", depth: 0, every: 2)) == 4)
    #expect(place(AuthorNote(text: "Rain.", depth: 0, every: 3)) == nil)
    #expect(place(AuthorNote(text: "Rain.", depth: 0, every: 0)) == nil)
    let user = prompt { $0.note = AuthorNote(text: "Rain on {{user}}.", depth: 0, role: .user) }
    #expect(user.sections[10].role == .user && user.sections[10].text == "Rain on Jon.")
  }

  @Test func `what is shown with a line stands right before it`() {
    let prompt = prompt {
      $0.context = [
        .context(kind: "file", title: "log.txt", text: "Day 1"),
        .context(kind: "selection", title: nil, text: "x"),
      ]
    }
    let told = prompt.sections.dropFirst(6).map { $0.name }
    #expect(told == ["history", "history", "history", "context", "context", "history", "postHistory"])
    #expect(prompt.sections[9].text == "Jon shows a file “log.txt”:\nDay 1")
    #expect(prompt.sections[10].text == "Jon shows a selection:\nx")
  }

  @Test func `a story is told in its own frame, and a card's own prompt replaces either`() {
    #expect(prompt { $0.mode = .story }.sections[0].text.contains("story"))
    #expect(prompt { $0.persona.systemPrompt = "You are {{char}}." }.sections[0].text == "You are Mira.")
    #expect(prompt { $0.user = nil }.stops == ["\nUser:"])
  }

  @Test func `the window stays where it is until it is full, and is then cut well below`() {
    let window = HistoryWindow(most: 20)
    #expect(window.kept == 12)
    var start = 0
    var starts: [Int] = []
    for count in 1...60 {
      start = window.start(after: start, count: count)
      #expect(count - start <= 20 && count - start >= min(count, 12))
      if starts.last != start { starts.append(start) }
    }
    #expect(starts == [0, 9, 18, 27, 36, 45])
    // A branch that is shorter than where the window began.
    #expect(window.start(after: 45, count: 30) == 18 && window.start(after: 45, count: 5) == 0)
    #expect(HistoryWindow(most: 1).kept == 1 && HistoryWindow(most: 0).start(after: 0, count: 3) == 2)
  }
}
