import Base
import FoundationEssentials
import Model
import Picture
import Testing

@testable import Engine

@Suite struct CardRoundTripTests {
  private func writer(_ card: ReadCard) -> CardWriter {
    CardWriter(persona: card.persona, tags: card.tags, tagline: card.tagline)
  }

  @Test(arguments: [CardSamples.v1, CardSamples.v2, CardSamples.v3])
  func `what came in goes out and comes in again as the same`(_ card: JSONValue) throws {
    let first = try CardSamples.read(card)
    let out = writer(first).card(.three)
    let second = try CardSamples.read(out)
    #expect(second.persona == first.persona && second.tags == first.tags && second.warnings.isEmpty)
    // And what goes out the second time is the same file.
    #expect(writer(second).card(.three) == out)
    // In a picture as well.
    let png = try CardSamples.png(("chara", writer(first).card(.two)), ("ccv3", out))
    #expect(try CardSamples.read(png).persona == first.persona)
    // Members that mean nothing here stand where they stood.
    for name in [
      "x_data", "assets", "creator_notes_multilingual", "source", "group_only_greetings", "creation_date",
    ] {
      guard let given = card["data"]?[name] else { continue }
      #expect(out["data"]?[name] == given, "\(name)")
    }
    #expect(out["x_top"] == card["x_top"] && out["avatar"] == card["avatar"])
    #expect(out["data"]?["extensions"]?["chub"] == card["data"]?["extensions"]?["chub"])
  }

  @Test func `version 2 has no instructions in its book, and says so`() throws {
    let card = try CardSamples.read(CardSamples.v3)
    let old = writer(card).card(.two)
    let entries = old["data"]?["character_book"]?["entries"]?.array ?? []
    #expect(entries.count == 2 && entries[1]["content"] == "Storms are loud.")
    #expect(old["data"]?["creator_notes"]?.string?.hasPrefix("Be kind.\n\n") == true)
    #expect(old["spec"] == "chara_card_v2")
    #expect(writer(card).card(.three)["data"]?["creator_notes"] == "Be kind.")
  }

  @Test func `a card is complete, and what only we know goes along`() throws {
    var persona = Persona(name: "Bea")
    persona.behaviour = "Hums."
    persona.defaultOutfit = "red coat"
    persona.age = 41
    persona.imageStyle = .init(prefix: "ink", seed: "7")
    let made = ReadCard(persona: persona, tags: ["a"], tagline: "Hm.")
    let out = writer(made).card(.three)
    for name in [
      "name", "description", "personality", "scenario", "first_mes", "mes_example", "creator_notes",
      "system_prompt",
      "post_history_instructions", "alternate_greetings", "tags", "creator", "character_version",
      "extensions",
      "group_only_greetings",
    ] { #expect(out["data"]?[name] != nil, "\(name)") }
    for name in ["name", "description", "personality", "scenario", "first_mes", "mes_example"] {
      #expect(out[name]?.string != nil, "\(name)")
    }
    let back = try CardSamples.read(out)
    #expect(back.persona == persona && back.tagline == "Hm." && back.tags == ["a"])
  }

  /// COMPANION_MUTATIONS=10000 for the whole of it.
  @Test func `mutated cards are read or refused, and never cost much`() throws {
    let count = ProcessInfo.processInfo.environment["COMPANION_MUTATIONS"].flatMap { Int($0) } ?? 400
    let seed = UInt64.random(in: .min ... .max)
    print("CardRoundTripTests seed \(seed)")
    var random = RandomSource.seeded(seed)
    let bases = [
      try CardSamples.bytes(CardSamples.v1), try CardSamples.bytes(CardSamples.v3),
      try CardSamples.png(("chara", CardSamples.v2), ("ccv3", CardSamples.v3)),
      try CardSamples.png(("chara", CardSamples.v2)),
    ]
    let words = [
      "null", "[]", "{}", "\"\"", "1e999", "-1", "true", "\\u0000", "\\ud800", "[[[[", "{\"a\":", ",", "\"",
      "\\",
    ].map { Array($0.utf8) }
    var (read, refused, slowest) = (0, 0, Duration.zero)
    for number in 0..<count {
      // Half of them stay JSON, with something else in the place of a value.
      let isBent = number % 2 == 0
      var bytes = bases[number / 2 % bases.count]
      if isBent { bytes = try CardSamples.bytes(Self.bent(CardSamples.v3, &random)) }
      for _ in isBent ? 0..<0 : 0..<Int.random(in: 1...8, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
        case 2: bytes.insert(contentsOf: words.randomElement(using: &random) ?? [], at: place)
        case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 30)], at: place)
        default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        if bytes.isEmpty { bytes = [0x7B] }
      }
      slowest = max(
        slowest,
        try ContinuousClock().measure {
          do {
            let card = try CardSamples.read(bytes)
            try PersonaRules.check(card.persona)
            // Whatever was read can be written and is then read as the same, without a word.
            let out = writer(card).card(.three)
            let again = try CardSamples.read(out)
            #expect(again.persona == card.persona && again.tags == card.tags, "seed \(seed), \(number)")
            // A pattern that is none stays one.
            let news = again.warnings.filter { !$0.contains("pattern") }
            #expect(news.isEmpty, "seed \(seed), \(number): \(news)")
            read += 1
          } catch let error as EngineError {
            if case .fault(let what) = error { Issue.record("seed \(seed), \(number): \(what)") }
            refused += 1
          }
        })
    }
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? "unknown"
    print("\(count) mutated cards: \(read) read, \(refused) refused, slowest \(slowest), \(peak)")
    #expect(slowest < .seconds(2))
    #expect(read > 0 && refused > 0)
  }

  /// The same with some values exchanged for others, members dropped and lists doubled.
  private static func bent(_ value: JSONValue, _ random: inout RandomSource) -> JSONValue {
    if Int.random(in: 0..<25, using: &random) == 0 {
      let others: [JSONValue] = [
        .null, true, 0, -7, 1.5, "", "7", "text", [], ["a", .null, 3], .object([:]),
        ["0": ["key": ["k"], "content": "c"]],
        .string(String(repeating: "é", count: 200)), 1e300, "/(/", "@@depth x\n",
      ]
      return others.randomElement(using: &random) ?? .null
    }
    switch value {
    case .array(let items): return .array(items.map { bent($0, &random) })
    case .object(let members):
      var result: [String: JSONValue] = [:]
      for (name, member) in members.sorted(by: { $0.key < $1.key })
      where Int.random(in: 0..<25, using: &random) > 0 {
        result[name] = bent(member, &random)
      }
      return .object(result)
    default: return value
    }
  }
}
