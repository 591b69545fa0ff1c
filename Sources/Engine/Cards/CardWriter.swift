import FoundationEssentials
import Model

/// Writes a persona as a card that other programs read: complete, with what they kept in it, in the newest version or the one before.
struct CardWriter {
  enum Version: Sendable { case two, three }

  var persona: Persona
  var tags: [String]
  var tagline: String?

  func card(_ version: Version) -> JSONValue {
    let kept = persona.extensions?[CardReader.ours]?["kept"]
    var data = kept?["data"]?.object ?? [:]
    let first = persona.greetings?.first ?? ""
    let text: (String?) -> JSONValue = { .string($0 ?? "") }
    data["name"] = .string(persona.name)
    data["nickname"] = persona.nickname.map { .string($0) }
    data["description"] = text(persona.description)
    data["personality"] = text(persona.personality)
    data["scenario"] = text(persona.scenario)
    data["first_mes"] = .string(first)
    data["mes_example"] = text(persona.exampleDialogue)
    data["alternate_greetings"] = .array((persona.greetings ?? []).dropFirst().map { .string($0) })
    data["system_prompt"] = text(persona.systemPrompt)
    data["post_history_instructions"] = text(persona.postHistory)
    data["creator"] = text(persona.creator)
    data["creator_notes"] = text(persona.creatorNotes)
    data["tags"] = .array(tags.map { .string($0) })
    if data["character_version"] == nil { data["character_version"] = "" }
    data["extensions"] = extensions
    data["character_book"] = persona.lorebook.map(Self.complete)
    switch version {
    case .three:
      if data["group_only_greetings"] == nil { data["group_only_greetings"] = [] }
    case .two:
      if let book = data["character_book"], let plain = Self.withoutDecorators(book) {
        data["character_book"] = plain
        let notes = persona.creatorNotes.map { $0 + "\n\n" } ?? ""
        data["creator_notes"] = .string(
          notes
            + "Written for version 2 of the cards: instructions at the heads of some entries of the book were left out."
        )
      }
    }
    var card = kept?["card"]?.object ?? [:]
    // For readers of the first version.
    for member in ["name", "description", "personality", "scenario", "first_mes", "mes_example"] {
      card[member] = data[member]
    }
    card["spec"] = version == .two ? "chara_card_v2" : "chara_card_v3"
    card["spec_version"] = version == .two ? "2.0" : "3.0"
    card["data"] = .object(data)
    return .object(card)
  }

  /// Nothing else is put into a text: JSON has a form for whatever came from JSON.
  static func text(_ card: JSONValue, spread: Bool) throws(EngineError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
      spread
      ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(card))
    } catch {
      throw .fault("a card cannot be written: \(error)")
    }
  }

  private var extensions: JSONValue {
    var extensions = persona.extensions?.object ?? [:]
    var own: [String: JSONValue] = [:]
    own["behaviour"] = persona.behaviour.map { .string($0) }
    own["appearance"] = persona.appearance.map { .string($0) }
    own["defaultOutfit"] = persona.defaultOutfit.map { .string($0) }
    own["timezone"] = persona.timezone.map { .string($0) }
    own["homeCity"] = persona.homeCity.map { .string($0) }
    own["occupation"] = persona.occupation.map { .string($0) }
    own["availability"] = persona.availability.map { .string($0) }
    own["age"] = persona.age.map { .integer(Int64($0)) }
    own["tagline"] = tagline.map { .string($0) }
    if let style = persona.imageStyle {
      var members: [String: JSONValue] = [:]
      members["prefix"] = style.prefix.map { .string($0) }
      members["negative"] = style.negative.map { .string($0) }
      members["checkpoint"] = style.checkpoint.map { .string($0) }
      members["seed"] = style.seed.map { .string($0) }
      own["imageStyle"] = .object(members)
    }
    extensions[CardReader.ours] = own.isEmpty ? nil : .object(own)
    return .object(extensions)
  }

  /// A book whose maker left members out has them all in a file.
  private static func complete(_ book: JSONValue) -> JSONValue {
    guard case .object(var members) = book else { return book }
    if members["extensions"]?.object == nil { members["extensions"] = .object([:]) }
    members["entries"] = .array(
      (members["entries"]?.array ?? []).enumerated().map { number, entry in
        guard case .object(var entry) = entry else { return entry }
        let needed: [String: JSONValue] = [
          "keys": [], "content": "", "extensions": .object([:]), "enabled": true, "use_regex": false,
          "insertion_order": .integer(Int64(number)),
        ]
        entry.merge(needed) { given, _ in given }
        return .object(entry)
      })
    return .object(members)
  }

  /// Nil when there is none to leave out.
  private static func withoutDecorators(_ book: JSONValue) -> JSONValue? {
    guard case .object(var members) = book, let entries = members["entries"]?.array else { return nil }
    var found = false
    members["entries"] = .array(
      entries.map { entry in
        guard case .object(var entry) = entry, let content = entry["content"]?.string else { return entry }
        let plain = LoreDecorators.read(content).text
        found = found || plain != content
        entry["content"] = .string(plain)
        return .object(entry)
      })
    return found ? .object(members) : nil
  }
}
