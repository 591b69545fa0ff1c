import Base
import Model
import Testing

@testable import Engine

/// Where lore stands in a prompt.
@Suite struct PromptLoreTests {
  private func entry(_ content: String, _ more: [String: JSONValue] = [:]) -> JSONValue {
    .object(
      ["keys": ["key"], "content": .string(content), "enabled": true, "insertion_order": 1].merging(more) {
        $1
      })
  }

  private func prompt(
    _ entries: [JSONValue], extensions: JSONValue? = nil, _ edit: (inout PromptBuilder) -> Void = { _ in }
  )
    -> Prompt
  {
    var persona = Persona(name: "Ada")
    persona.description = "Keeps a light."
    persona.behaviour = "Hums."
    persona.exampleDialogue = "Hm."
    persona.postHistory = "Be dry."
    persona.lorebook = ["entries": .array(entries)]
    persona.extensions = extensions
    var builder = PromptBuilder(
      persona: persona, user: UserPersona(name: "Mira"),
      history: ["one", "two", "three", "the key"].enumerated().map { number, text in
        .init(role: number % 2 == 0 ? .assistant : .user, text: text)
      })
    builder.scene = SceneState(outfit: [], location: "the stair")
    edit(&builder)
    return builder.build()
  }

  @Test func `what is for an outlet stands where the card asks for it, and nowhere else`() {
    let outlet: JSONValue = ["position": 7, "outlet_name": "Weather"]
    let built = prompt([
      entry("It rains.", ["extensions": outlet]),
      entry("It storms.", ["extensions": outlet, "insertion_order": 2]),
      entry("Nobody asks.", ["extensions": ["position": 7, "outlet_name": "Sea"]]),
      entry("Unnamed.", ["extensions": ["position": 7]]),
    ]) { $0.persona.postHistory = "Out there: {{outlet::Weather}}{{outlet::Wind}}" }
    #expect(built.sections.last?.text == "Out there: It rains.\nIt storms.")
    #expect(built.sections.filter { $0.name == "lore" }.map(\.text) == ["Unnamed."])
  }

  /// A book is kept by what it says: neither another nor one whose keys name people is mistaken for it.
  @Test func `a large book is read once, and never for another`() {
    func book(_ word: String, _ key: String = "key") -> [JSONValue] {
      (0..<LoreBooks.least).map { entry("\(word) \($0)", ["keys": $0 == 0 ? [.string(key)] : ["never"]]) }
    }
    func told(_ entries: [JSONValue], user: String = "Mira") -> [String] {
      prompt(entries) { $0.user = UserPersona(name: user) }.sections.filter { $0.name == "lore" }.map(\.text)
    }
    for _ in 1...2 { #expect(told(book("One")) == ["One 0"]) }
    #expect(told(book("Two")) == ["Two 0"])
    #expect(told(book("One")) == ["One 0"])
    // The third line is the person's: their name stands before it.
    #expect(told(book("Hers", "{{user}}")) == ["Hers 0"])
    #expect(told(book("Hers", "{{user}}"), user: "Jon") == ["Hers 0"])
    #expect(told(book("Hers", "Mira"), user: "Jon").isEmpty)
  }

  @Test func `what is constant stands before the history, what was called up behind it`() {
    let built = prompt([
      entry("called after"), entry("always", ["constant": true]),
      entry("called before", ["position": "before_char"]),
      entry("always before", ["constant": true, "position": "before_char"]),
    ])
    #expect(
      built.sections.map { $0.name == "lore" ? $0.text : $0.name } == [
        "system", "always before", "persona", "behaviour", "always", "user", "examples", "history", "history",
        "history",
        "history", "called before", "called after", "scene", "postHistory",
      ])
    #expect(built.stable == 7)
    // Another line changes nothing of what stands before the history.
    let other = prompt([entry("called after"), entry("always", ["constant": true])]) {
      $0.history.removeLast()
    }
    #expect(!other.sections.contains { $0.text == "called after" })
  }

  @Test func `at a depth it stands between the lines, whatever else stands there`() {
    let deep: (Int64, Int64) -> [String: JSONValue] = { depth, role in
      ["extensions": ["position": 4, "depth": .integer(depth), "role": .integer(role)]]
    }
    let built = prompt(
      [entry("at two", deep(2, 1)), entry("at nought", deep(0, 0)), entry("far", deep(99, 2))],
      extensions: ["depth_prompt": ["prompt": "{{char}} hums.", "depth": 1, "role": "system"]]
    ) { builder in
      builder.note = AuthorNote(text: "Night.", depth: 3)
      builder.context = [.context(kind: "file", title: nil, text: "ctx")]
    }
    let told = built.sections.drop { $0.name != "lore" }.prefix { $0.name != "scene" }
    #expect(
      told.map { ["history", "lore", "characterNote"].contains($0.name) ? $0.text : $0.name } == [
        "far", "one", "two", "authorsNote", "at two", "three", "context", "Ada hums.", "the key", "at nought",
      ], "\(told.map(\.text))")
    #expect(told.first?.role == .assistant)
    #expect(built.sections.first { $0.text == "at two" }?.role == .user)
  }

  @Test func `names are filled in, once, and what people said is left alone`() {
    let built = prompt([
      entry("{{char}} knows {{user}}. {{nothing}}", ["constant": true, "comment": "Names"]),
      entry("of {{user}}", ["keys": ["{{user}}"]]),
    ])
    let lore = built.sections.filter { $0.name == "lore" }
    #expect(lore.map(\.text) == ["Ada knows Mira. {{nothing}}", "of Mira"])
    #expect(lore[0].source == "persona.lorebook: Names" && lore[1].source == "persona.lorebook: {{user}}")
  }

  @Test func `it costs no more than its share`() {
    let entries = (0..<100).map { entry(String(repeating: "x", count: 300) + "\($0)") }
    func told(_ budget: Int?) -> Int {
      prompt(entries) { $0.loreBudget = budget }.sections.count { $0.name == "lore" }
    }
    #expect(told(nil) == PromptBuilder.usualLoreBudget / 101 && told(303) == 3 && told(0) == 0)
  }
}
