import Model

@testable import Engine

/// What must hold for any file that somebody says is a card. Traps where it does not, so that the fuzzer keeps the input.
///
/// Shared by the tests, which run the committed corpus, and by contrib/fuzz, which goes on from there with the parsers alone.
enum CardInvariants {
  static func check(_ bytes: [UInt8]) {
    guard let file = try? CardFile.read(bytes), let card = try? CardReader.read(file) else { return }
    precondition(!card.persona.name.isEmpty && card.persona.name.utf8.count <= PersonaRules.longestName)
    precondition((card.persona.greetings?.count ?? 0) <= PersonaRules.mostGreetings && card.tags.count <= 64)
    precondition(card.warnings.count <= ImportWarnings.most + 3, "a card has endless warnings")
    // What was read is written, and what was written is read as the same.
    let writer = CardWriter(persona: card.persona, tags: card.tags, tagline: card.tagline)
    guard let text = try? CardWriter.text(writer.card(.three), spread: false) else {
      preconditionFailure("a card that was read cannot be written")
    }
    // One that was near a limit may be past it with what a complete card has.
    guard let again = try? CardReader.read(CardFile(wrapping: .json, card: CardFile.json(text))) else {
      return
    }
    precondition(again.persona == card.persona, "a card is another one the second time")
    _ = try? CardWriter.text(writer.card(.two), spread: true)
  }
}
