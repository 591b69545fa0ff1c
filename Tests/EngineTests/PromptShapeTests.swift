import Base
import Engine
import Model
import Testing

/// The two shapes of a prompt, whole: what a conversation is told and what a story is told of the same companion.
@Suite struct PromptShapeTests {
  private func builder(_ mode: Chat.Mode) -> PromptBuilder {
    var persona = Persona(name: "Mira Voss")
    persona.nickname = "Mira"
    persona.description = "{{char}} keeps bees on a roof, and has for years. She trusts {{user}}."
    persona.personality = "Dry."
    persona.behaviour = "Never hurries."
    persona.appearance = "freckles, brown eyes, and a scar that nobody asks about"
    persona.scenario = "A roof in June."
    persona.exampleDialogue =
      "<START>\n{{user}}: Hi.\n{{char}}: Mm.\n<start>\n{{user}}: Honey?\n{{char}}: *points* There."
    persona.postHistory = "Stay brief."
    var builder = PromptBuilder(
      persona: persona, user: UserPersona(name: "Jon", appearance: "tall", overview: "A sailor."), mode: mode,
      note: AuthorNote(text: "It is hot.", depth: 1), userLines: 1,
      history: [.init(role: .assistant, text: "*waves*"), .init(role: .user, text: "Hello.")])
    builder.roleplay = CompanionVersion.Roleplay(
      appearance: "freckles, brown eyes, scar", summary: "{{char}} keeps bees on a roof; trusts {{user}}.",
      generatedBy: "fast", at: Timestamp(milliseconds: 0))
    builder.scene = SceneState(
      outfit: [Garment(name: "white veil", slot: .head, layer: .outer)], location: "the roof",
      action: "smoking a hive")
    return builder
  }

  private func golden(_ prompt: Prompt) -> String {
    prompt.sections.map { "\($0.role.rawValue) \($0.name) (\($0.source))\n\($0.text)\n" }.joined()
  }

  @Test func `a conversation is told the few words, and to play`() {
    let prompt = builder(.roleplay).build()
    #expect(
      golden(prompt) == """
        system system (persona.systemPrompt)
        You are Mira in a conversation with Jon. Write only what Mira says and does next, and never speak or act for Jon. What \
        Mira does stands between *asterisks*. Stay in character, and in the language of the conversation.
        system persona (roleplay.summary)
        Mira: Mira keeps bees on a roof; trusts Jon.
        system personality (persona.personality)
        [Mira's personality: Dry.]
        system behaviour (persona.behaviour)
        How Mira behaves: Never hurries.
        system appearance (roleplay.appearance)
        Mira's appearance: freckles, brown eyes, scar
        system scenario (persona.scenario)
        [The scenario: A roof in June.]
        system user (settings.user)
        Jon is the person you talk to. Looks: tall. A sailor.
        system examples (persona.exampleDialogue)
        [An example of how Mira talks]
        Jon: Hi.
        Mira: Mm.
        [An example of how Mira talks]
        Jon: Honey?
        Mira: *points* There.
        [The conversation itself]
        assistant history (this turn)
        *waves*
        system authorsNote (settings.note)
        It is hot.
        user history (this turn)
        Hello.
        system scene (state)
        The scene now. Mira is wearing: white veil. Place: the roof. Mira is: smoking a hive.
        system postHistory (persona.postHistory)
        Stay brief.

        """)
    #expect(prompt.stops == ["\nJon:"])
  }

  @Test func `a story is told the card, and to be told`() {
    let prompt = builder(.story).build()
    #expect(
      golden(prompt) == """
        system system (persona.systemPrompt)
        You tell a story together with Jon, in which Mira takes part. Go on from where it stands, in the third person and the past \
        tense, with speech in quotation marks. Leave what Jon does to Jon, and keep to the language of the story.
        system persona (persona.description)
        Mira: Mira keeps bees on a roof, and has for years. She trusts Jon.
        system personality (persona.personality)
        [Mira's personality: Dry.]
        system behaviour (persona.behaviour)
        How Mira behaves: Never hurries.
        system appearance (persona.appearance)
        Mira's appearance: freckles, brown eyes, and a scar that nobody asks about
        system scenario (persona.scenario)
        [The scenario: A roof in June.]
        system user (settings.user)
        Jon is in the story. Looks: tall. A sailor.
        system examples (persona.exampleDialogue)
        [An example of how Mira talks]
        Jon: Hi.
        Mira: Mm.
        [An example of how Mira talks]
        Jon: Honey?
        Mira: *points* There.
        [The story itself]
        assistant history (this turn)
        *waves*
        system authorsNote (settings.note)
        It is hot.
        user history (this turn)
        Hello.
        system scene (state)
        The scene now. Mira is wearing: white veil. Place: the roof. Mira is: smoking a hive.
        system postHistory (persona.postHistory)
        Stay brief.

        """)
  }

  @Test func `without the examples the rest stays as it was`() {
    var builder = builder(.roleplay)
    let whole = builder.build()
    builder.leavesOutExamples = true
    let less = builder.build()
    #expect(
      less.sections == whole.sections.filter { $0.name != "examples" } && less.stable == whole.stable - 1)
  }
}
