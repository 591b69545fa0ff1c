import Testing

@testable import Engine

/// What models say of themselves, and what people and cards say that only sounds like it.
@Suite struct BoilerplateTests {
  private func filtered(_ pieces: [String], after old: String = "") -> String {
    var filter = BoilerplateFilter(after: old)
    return pieces.map { filter.pass($0) }.joined() + filter.flush()
  }

  @Test(arguments: [
    ("As an AI language model, I have no feelings.", "I have no feelings."),
    ("As an AI language model I cannot know.", "I cannot know."),
    ("Well, as an AI assistant, I like rain.", "Well, I like rain."),
    (
      "I'm sorry, but as a large language model trained by a lab, I can't dance.",
      "I'm sorry, but I can't dance."
    ),
    ("I can't dance as an AI language model. Shall we sing?", "I can't dance … Shall we sing?"),
    ("I’m an AI language model. Tell me more.", "Tell me more."),
    ("Hello! I am just an AI assistant, so no. Tell me more.", "Hello! Tell me more."),
    ("As an AI, i would say yes.", "I would say yes."),
    ("Yes.\n\nAs an AI model, my mind wanders.", "Yes.\n\nMy mind wanders."),
    ("\"As an AI language model, I smile,\" she says.", "\"I smile,\" she says."),
    ("I'm an AI language model.", "I'm an AI language model."),
    ("As an AI language model.", "As an AI language model."),
    ("AS AN AI LANGUAGE MODEL, I refuse.", "I refuse."),
    ("As  an\tAI language model, yes.", "Yes."),
  ])
  func `it goes, and the rest reads well, however it is cut`(_ text: String, _ expected: String) {
    for pieces in Cuts.of(text) { #expect(filtered(pieces) == expected, "\(pieces)") }
  }

  @Test(arguments: [
    "As an AI researcher, I know that.", "She works as a language model trainer.", "As an aid, take this.",
    "As an aikido teacher, I bow.", "I'm an aisle away.", "I am a model.", "as an AI",
    "As a model, I travel.",
    "Treat me as an AI, please.", "I am.", "I'm just an airhead.", "Paint being a mess, I left.",
    "a b i as an",
    "I'm an AI researcher.", "Being an artist, I draw.", "", "  \n ", "I am an AI model builder.",
  ])
  func `what only sounds like it is shown to the last byte`(_ text: String) {
    for pieces in Cuts.of(text) { #expect(filtered(pieces) == text, "\(pieces)") }
  }

  @Test func `a reply that goes on is no new sentence`() {
    #expect(filtered(["as an AI, she said."], after: "He spoke of it ") == "as an AI, she said.")
    #expect(filtered([" As an AI language model, I rest."], after: "It rained.") == " I rest.")
  }

  @Test func `a sentence that never ends is let go at its limit`() {
    let begin = "I am an AI assistant and "
    let whole = begin + String(repeating: "x", count: BoilerplateFilter.longestSentence - begin.count) + "y"
    #expect(filtered(["Hello. " + whole + ". Bye."]).hasSuffix("y. Bye."))
    #expect(filtered(["Hello. I am an AI assistant and so on. Bye."]) == "Hello. Bye.")
  }

  @Test func `who asks what speaks gets a true answer, and a machine stays one`() {
    #expect(BoilerplateFilter.isWanted(persona: ["A woman who paints."], asked: "How was your day?"))
    for asked in [
      "Are you an AI?", "are you real", "Am I talking to a human?", "You are a bot!", "Which model are you?",
    ] {
      #expect(!BoilerplateFilter.isWanted(persona: ["A woman who paints."], asked: asked), "\(asked)")
    }
    #expect(!BoilerplateFilter.isWanted(persona: ["The ship's AI, dry and exact."], asked: "Status?"))
    #expect(BoilerplateFilter.isWanted(persona: ["A human woman."], asked: nil))
  }
}
