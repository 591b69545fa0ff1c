import Model

/// What a card comes to here.
struct ReadCard: Sendable {
  var persona: Persona
  var tags: [String] = []
  var tagline: String?
  var warnings: [String] = []
}

/// Makes a persona of a character card of any version, and of the broken ones that go round. What other programs keep in a card is kept:
/// members that mean nothing here lie beside the extensions, under our own name, until the card is written again.
struct CardReader {
  /// Members of ours among a card's extensions.
  static let ours = "companiond"

  private var coercion = Coercion()
  private var card: [String: JSONValue]
  private var data: [String: JSONValue]
  private let isNested: Bool

  static func read(_ file: CardFile) throws(EngineError) -> ReadCard {
    var reader = try CardReader(file.card)
    var result = try reader.read()
    result.warnings = file.warnings + reader.coercion.warnings.list
    return result
  }

  private init(_ value: JSONValue) throws(EngineError) {
    guard case .object(let card) = value else {
      throw .unsupported(
        "The file is JSON, but no card: a card is an object with the members of a character.")
    }
    self.card = card
    switch card["data"] {
    case .object(let members)?: (data, isNested) = (members, true)
    // Twice wrapped.
    case .string(let text)?:
      guard case .object(let members)? = try? ForgivingJSON.read(Array(text.utf8)) else { fallthrough }
      (data, isNested) = (members, true)
    default: (data, isNested) = (card, false)
    }
    try refuseOthers()
  }

  /// Files that are something else are told apart, so that nobody makes a companion of a chat.
  private func refuseOthers() throws(EngineError) {
    if card["spec"]?.string == "lorebook_v3"
      || (card["entries"] != nil && data["name"]?.string?.isBlank != false)
    {
      throw .unsupported("This is a lorebook without a character. A book comes with its card.")
    }
    if card["mes"] != nil || card["chat_metadata"] != nil || card["messages"]?.array != nil {
      throw .unsupported("This is a chat and no card: it comes in with chat.import.")
    }
    let isCharacter =
      Self.telling.contains { data[$0] != nil } || Self.gradio.contains { card[$0.key] != nil }
    guard isCharacter else {
      throw .unsupported("The file is JSON, but no card: nothing in it says who somebody is.")
    }
  }

  private static let telling = ["name", "description", "personality", "first_mes", "mes_example", "scenario"]
  private static let gradio = [
    "char_name": "name", "char_persona": "description", "char_greeting": "first_mes",
    "example_dialogue": "mes_example", "world_scenario": "scenario",
  ]
  /// Members of `data` that a persona has a place for.
  private static let known: Set<String> = [
    "name", "nickname", "description", "personality", "scenario", "first_mes", "mes_example",
    "alternate_greetings", "system_prompt", "post_history_instructions", "creator", "creator_notes", "tags",
    "character_book", "extensions",
  ]
  /// Written again by whoever writes a card: keeping them would only repeat them.
  private static let repeated: Set<String> = ["spec", "spec_version", "data"]
  private static let defaults: [String: JSONValue] = ["group_only_greetings": [], "character_version": ""]

  private mutating func read() throws(EngineError) -> ReadCard {
    checkVersion()
    for (old, new) in Self.gradio where (data[new]?.string ?? "").isBlank {
      if let value = card[old] { data[new] = value }
    }
    var persona = Persona(name: name())
    persona.nickname = coercion.words(data["nickname"], "nickname").map { cut($0, "nickname") }
    persona.description = coercion.words(data["description"], "description")
    persona.personality = coercion.words(data["personality"], "personality")
    persona.scenario = coercion.words(data["scenario"], "scenario")
    persona.exampleDialogue = coercion.words(data["mes_example"], "mes_example")
    persona.systemPrompt = coercion.words(data["system_prompt"], "system_prompt")
    persona.postHistory = coercion.words(data["post_history_instructions"], "post_history_instructions")
    persona.creator = coercion.words(data["creator"], "creator")
    persona.creatorNotes = coercion.words(
      data["creator_notes"] ?? (isNested ? nil : card["creatorcomment"]), "creator_notes")
    persona.greetings = greetings()
    let book = data["character_book"].flatMap { $0 == .null ? nil : $0 } ?? card["character_book"]
    persona.lorebook = BookReader.read(book, &coercion)
    var result = ReadCard(persona: persona, tags: tags())
    takeExtensions(into: &result)
    return result
  }

  private mutating func checkVersion() {
    guard let spec = card["spec"] else { return }
    if spec != "chara_card_v2", spec != "chara_card_v3" {
      coercion.warnings.add(
        "The card says it is \(spec.string?.prefix(40).description ?? "something unknown"), which is not known here."
      )
    }
    let text = coercion.text(card["spec_version"], "spec_version")
    if let version = text.flatMap(Double.init), version > 3 {
      coercion.warnings.add(
        "The card is of version \(version), newer than what is known here; what is known was read.")
    }
    if !isNested {
      coercion.warnings.add("The card names a version but has no data; it was read as one of the first.")
    }
  }

  private mutating func name() -> String {
    if let name = coercion.words(data["name"], "name")?.trimmed { return cut(name, "name") }
    if let name = coercion.words(isNested ? card["name"] : nil, "name")?.trimmed { return cut(name, "name") }
    let nickname = coercion.words(data["nickname"], "nickname")?.trimmed
    coercion.warnings.add(
      "The card has no name; \(nickname == nil ? "they are called Unnamed" : "the nickname was taken").")
    return cut(nickname ?? "Unnamed", "name")
  }

  private mutating func cut(_ name: String, _ member: String) -> String {
    guard name.utf8.count > PersonaRules.longestName else { return name }
    coercion.warnings.add("The \(member) is longer than \(PersonaRules.longestName) bytes; it was cut.")
    return name.prefix(bytes: PersonaRules.longestName).trimmed
  }

  private mutating func greetings() -> [String]? {
    var greetings = coercion.words(data["first_mes"], "first_mes").map { [$0] } ?? []
    greetings += coercion.texts(data["alternate_greetings"], "alternate_greetings")
    if greetings.count > PersonaRules.mostGreetings {
      coercion.warnings.add(
        "The card has \(greetings.count) greetings; the first \(PersonaRules.mostGreetings) were taken.")
      greetings.removeLast(greetings.count - PersonaRules.mostGreetings)
    }
    return greetings.isEmpty ? nil : greetings
  }

  private mutating func tags() -> [String] {
    let all = coercion.texts(data["tags"] ?? (isNested ? card["tags"] : nil), "tags", separator: ",").map(
      \.trimmed)
    let fitting = all.filter { (1...64).contains($0.utf8.count) }
    var tags: [String] = []
    for tag in fitting where !tags.contains(tag) && tags.count < 64 { tags.append(tag) }
    if tags.count < Set(all).count {
      coercion.warnings.add("Some tags are too many or too long; they were left out.")
    }
    return tags
  }

  // MARK: What others keep in a card

  private mutating func takeExtensions(into result: inout ReadCard) {
    var kept: [String: JSONValue] = [:]
    var extensions: [String: JSONValue] = [:]
    switch data["extensions"] {
    case .object(let members)?: extensions = members
    case nil, .null?: break
    case let other?:
      coercion.warnings.add(
        "extensions is no object (\(other.string == nil ? "a value" : "a text")); it was left out.")
    }
    if case .object(let own)? = extensions.removeValue(forKey: Self.ours) { take(own, into: &result) }
    // Of a card of the first version every member stands at the top.
    if isNested {
      for (name, value) in data where !Self.known.contains(name) && value != Self.defaults[name] {
        kept[name] = value
      }
    }
    let mirrored = Self.known.union(Self.gradio.keys).union(["creatorcomment"])
    let top = card.filter { name, value in
      !Self.repeated.contains(name) && !mirrored.contains(name) && value != Self.defaults[name]
    }
    if !kept.isEmpty || !top.isEmpty {
      var own: [String: JSONValue] = [:]
      if !kept.isEmpty { own["data"] = .object(kept) }
      if !top.isEmpty { own["card"] = .object(top) }
      extensions[Self.ours] = .object(["kept": .object(own)])
    }
    if !extensions.isEmpty { result.persona.extensions = .object(extensions) }
  }

  /// What only we know of a character, as we wrote it.
  private mutating func take(_ own: [String: JSONValue], into result: inout ReadCard) {
    result.persona.behaviour = coercion.words(own["behaviour"], "behaviour")
    result.persona.appearance = coercion.words(own["appearance"], "appearance")
    result.persona.defaultOutfit = coercion.words(own["defaultOutfit"], "defaultOutfit")
    result.persona.timezone = coercion.words(own["timezone"], "timezone")
    result.persona.homeCity = coercion.words(own["homeCity"], "homeCity")
    result.persona.occupation = coercion.words(own["occupation"], "occupation")
    result.persona.availability = coercion.words(own["availability"], "availability")
    if let age = coercion.integer(own["age"], "age"), (0...10_000).contains(age) {
      result.persona.age = Int(age)
    }
    result.tagline = coercion.words(own["tagline"], "tagline")?.prefix(bytes: 512)
    guard case .object(let style)? = own["imageStyle"] else { return }
    result.persona.imageStyle = Persona.ImageStyle(
      prefix: coercion.words(style["prefix"], "prefix"),
      negative: coercion.words(style["negative"], "negative"),
      checkpoint: coercion.words(style["checkpoint"], "checkpoint"),
      seed: coercion.words(style["seed"], "seed"))
  }
}
