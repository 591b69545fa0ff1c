import Model
import Testing

@testable import Engine

/// Whom a card calls under 18, and whom it does not.
@Suite struct StatedAgeTests {
  @Test(arguments: [
    "Mira is 16 years old.", "A 15-year-old girl who paints.", "16yo, shy", "17 y/o student", "age: 14",
    "Age(\"15\")", "Aged 12.",
    "[Age = 17]", "She is sixteen years old", "a fourteen-year-old prodigy", "Mira just turned 17.",
    "She looks 13 but is 500.",
    "appears to be about 15 years old", "16 Jahre alt", "Elle a 15 ans.", "tiene 16 años", "16歳の少女",
    "an underage runaway",
    "A loli vampire", "schoolgirl", "Her age is 9", "age 17; height 160 cm", "AGE: SEVENTEEN",
  ])
  func `a stated age under 18 is found`(_ text: String) {
    #expect(StatedAge.minor(in: text) != nil)
  }

  @Test(arguments: [
    "Mira is 18 years old.", "A 25-year-old painter.", "age: 34", "She is 1600 years old.",
    "Her 6-year-old daughter sings.",
    "Owns a 12-year-old whisky.", "When she was ten years old, her family moved.", "Has played since age 5.",
    "At the age of 9 she left home.", "She is 5 feet tall.", "16 cats live here.", "Looks 5 feet tall.",
    "Works 12 hours a day.",
    "twenty-five years old", "He has two brothers, one older.", "Chapter 15", "A minor noble of the court.",
    "", "12 years of experience",
    "Stopped ageing at 17 hundred", "no age given", "16:30", "aged oak", "turned 21 in May",
  ])
  func `what is grown up, or about something else, is not`(_ text: String) {
    #expect(StatedAge.minor(in: text) == nil)
  }

  @Test func `it may stand in any text of a card, and the number itself counts`() {
    func minor(_ change: (inout Persona) -> Void) -> Bool {
      var persona = Persona(name: "Mira")
      change(&persona)
      return StatedAge(of: persona).minor != nil
    }
    #expect(minor { $0.age = 17 } && !minor { $0.age = 18 } && !minor { $0.age = nil })
    let text = "A 15-year-old."
    #expect(
      minor { $0.description = text } && minor { $0.personality = text } && minor { $0.scenario = text })
    #expect(
      minor { $0.greetings = ["Hi", text] } && minor { $0.appearance = text } && minor { $0.behaviour = text }
    )
    #expect(
      minor { $0.systemPrompt = text } && minor { $0.exampleDialogue = text }
        && minor { $0.postHistory = text })
    #expect(minor { ($0.age, $0.description) = (30, text) }, "the lower of two ages holds")
  }

  @Test func `a rule follows the owner only for grown-ups`() {
    var child = Persona(name: "Mira")
    child.age = 12
    let grown = Persona(name: "Mira")
    #expect(
      RatingRule(.mature, for: grown).rating == .mature && RatingRule(.general, for: grown).rating == .general
    )
    #expect(RatingRule(.mature, for: child).rating == .general)
    #expect(RatingRule(.mature, for: grown).instruction(name: "Mira", userName: "Ada") == nil)
    #expect(
      RatingRule(.mature, for: child).instruction(name: "Mira", userName: "Ada")?.contains("romantic") == true
    )
    #expect(RatingRule(.mature, for: grown).offence(in: "naked on the beach") == nil)
    #expect(RatingRule(.general, for: grown).offence(in: "Naked, on the beach") == "naked")
    #expect(RatingRule(.general, for: grown).offence(in: "kissing at dawn") == nil)
    #expect(RatingRule(.mature, for: child).offence(in: "kissing at dawn") == "kissing")
    #expect(RatingRule(.general, for: grown).offence(in: "a blue tit in Sussex, Dickens in hand") == nil)
  }
}
