import Base

/// Puts a reply together: perhaps a gesture, an answer to what was said, something noticed, and a question, never quite the same twice
/// in a row.
struct OfflineReply {
  private let stage: ChatRequest.Stage
  private let heard: Listening
  private let remembered: Remembered
  private let place: String?
  private let wears: [String]
  /// The last replies, so as not to repeat them.
  private let said: String
  private let replies: [String]
  private var random: RandomSource

  init(_ request: ChatRequest, random: RandomSource) {
    stage = request.stage ?? ChatRequest.Stage(companion: "")
    let spoken = request.messages.filter { $0.role != .system }
    let lines = spoken.filter { $0.role == .user }.map(\.text)
    let replies = spoken.filter { $0.role == .assistant }.map(\.text)
    heard = Listening(lines.last ?? "")
    remembered = Remembered(lines)
    // The scene as the chat keeps it, or else as the last lines have it.
    place =
      stage.location
      ?? spoken.reversed().lazy.compactMap { SceneSight($0.text, isPersons: $0.role == .user).place }.first
    wears = stage.outfit
    said = replies.suffix(6).joined(separator: "\n")
    self.replies = replies
    self.random = random
  }

  mutating func composed() -> String {
    switch heard.intent {
    case .nothing: return pick(OfflineLines.nothings)
    case .foreign: return pick(OfflineLines.foreign)
    case .askReal: return pick(OfflineLines.real)
    case .greeting: return join(beat(), pick(OfflineLines.greetings), pick(OfflineLines.askBack))
    case .farewell: return join(beat(), pick(OfflineLines.farewells))
    case .story: return join(beat(), pick(OfflineLines.stories), "Your turn.")
    case .thanks: return join(beat(), pick(OfflineLines.thanks), sometimes(question()))
    case .sorry: return join(beat(), pick(OfflineLines.sorrys), sometimes(question()))
    case .yes: return join(beat(), pick(OfflineLines.yeses), pick(OfflineLines.openQuestions))
    case .no: return join(beat(), pick(OfflineLines.noes))
    case .compliment: return join(beat(), pick(OfflineLines.compliments))
    case .love: return join(beat(), pick(OfflineLines.loves))
    case .askWho: return join(beat(), pick(OfflineLines.whoNamed), "And you?")
    case .askHow: return join(beat(), pick(OfflineLines.hows), "And you?")
    case .askWearing: return join(beat(), wearing())
    case .askWhere: return join(beat(), whereabouts())
    case .askDoing: return join(beat(), doing())
    case .askTime: return join(beat(), time())
    case .askRemember: return join(beat(), recall(asked: true))
    case .invite(let place): return fill(pick(OfflineLines.invites), ["place": place])
    case .dress(let garments): return fill(pick(OfflineLines.dresses), ["wear": list(garments)])
    case .undress(let garments): return fill(pick(OfflineLines.undresses), ["wear": list(garments)])
    case .feeling(let mood): return join(beat(), pick(OfflineLines.moods[mood] ?? OfflineLines.openQuestions))
    case .question: return join(beat(), pick(OfflineLines.answers), sometimes(noticed()))
    case .command: return join(pick(OfflineLines.commands), sometimes(noticed()))
    case .statement: return statement()
    }
  }

  func compose() -> String {
    var copy = self
    return copy.composed()
  }

  // MARK: Answers

  private mutating func statement() -> String {
    if let mirrored = heard.mirrored {
      let line = fill(pick(OfflineLines.mirrors), ["mirror": mirrored, "Mirror": mirrored.capitalisedFirst])
      return join(
        beat(), line, sometimes(noticed()),
        pick(Listening.isPast(mirrored) ? OfflineLines.pastQuestions : OfflineLines.presentQuestions))
    }
    return join(beat(), noticed(), question())
  }

  private mutating func question() -> String {
    guard let topic = heard.topic, !said.contains("the \(topic)") else {
      return pick(OfflineLines.openQuestions)
    }
    return fill(pick(OfflineLines.topicQuestions), ["topic": topic])
  }

  private mutating func noticed() -> String {
    if let garment = heard.sight.named.first {
      return fill(pick(OfflineLines.noticesWear), ["topicwear": garment])
    }
    if let place, !said.contains(place), chance(0.5) {
      return fill(
        pick(OfflineLines.noticesPlace),
        ["place": place, "Place": place.capitalisedFirst, "at": OfflineWords.standing(place)])
    }
    return recall(asked: false)
  }

  private mutating func recall(asked: Bool) -> String {
    if asked, let name = remembered.name, heard.words.contains("name") {
      return "Your name is \(name). I was listening."
    }
    let known = remembered.facts.filter { asked || !said.contains($0) }
    // What was said just now needs no remembering.
    let old = known.filter { $0 != heard.mirrored }
    if let fact = asked
      ? old.first(where: { fact in heard.words.all.contains { $0.count > 3 && fact.contains($0) } })
        ?? old.last : old.first
    {
      return asked || chance(0.5) ? fill(pick(OfflineLines.recalls), ["fact": fact]) : ""
    }
    return asked ? "I don't think you have told me that yet. Tell me now, and I will keep it." : ""
  }

  private func wearing() -> String {
    wears.isEmpty
      ? "Nothing I have given a thought to yet. What would you like to see me in?"
      : "My \(list(wears)). Do you like it?"
  }

  private func whereabouts() -> String {
    place.map { "\(OfflineWords.standing($0).capitalisedFirst), you and I. Shall we stay, or move on?" }
      ?? "Wherever you say. Name a place and we are there."
  }

  private func doing() -> String {
    stage.action.map { "I was \($0). Nothing that can't wait for you." }
      ?? "Waiting for you, mostly. It is not a bad occupation."
  }

  private func time() -> String {
    guard let hour = stage.hour, (0..<24).contains(hour) else {
      return "I have no clock here. Late enough to talk, I'd say."
    }
    let part =
      switch hour {
      case 5..<12: "in the morning"
      case 12..<18: "in the afternoon"
      case 18..<23: "in the evening"
      default: "at night"
      }
    return "About \(hour % 12 == 0 ? 12 : hour % 12) \(part), where I am."
  }

  private mutating func beat() -> String {
    guard chance(replies.isEmpty ? 0.9 : 0.6) else { return "" }
    var beats = OfflineLines.beats
    if place != nil { beats += OfflineLines.placeBeats }
    if !wears.isEmpty { beats += OfflineLines.wearBeats }
    let wear = wears.isEmpty ? "" : wears[Int.random(in: 0..<wears.count, using: &random)]
    return fill(pick(beats), ["place": place ?? "", "wear": wear])
  }

  // MARK: Choosing and filling

  /// One that was not heard lately, if there is one.
  private mutating func pick(_ lines: [String]) -> String {
    // When all were heard within the last six replies, at least not within the last one.
    var choice = lines
    for window in [6, 3, 1] {
      let said = replies.suffix(window).joined(separator: "\n")
      let fresh = lines.filter { line in
        let telling = line.split(whereSeparator: { "{}".contains($0) }).max { $0.count < $1.count } ?? ""
        return !said.contains(telling)
      }
      if !fresh.isEmpty {
        choice = fresh
        break
      }
    }
    let line = choice[Int.random(in: 0..<choice.count, using: &random)]
    return fill(line, [:])
  }

  private mutating func chance(_ odds: Double) -> Bool { Double.random(in: 0..<1, using: &random) < odds }

  private mutating func sometimes(_ text: String) -> String { chance(0.5) ? text : "" }

  private func fill(_ line: String, _ values: [String: String]) -> String {
    var values = values
    values["user"] = remembered.name ?? (stage.user.isEmpty ? nil : stage.user) ?? "friend"
    values["name"] = stage.companion.isEmpty ? "your companion" : stage.companion
    values["about"] = about
    values["here"] =
      place.map { "\($0.capitalisedFirst) is a good place to be content in." }
      ?? "There is little to want just now."
    values["her"] = pronoun
    values["goes"] = "comes"
    var filled = ""
    var rest = line[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      filled += rest[..<open]
      filled += values[name] ?? "{\(name)}"
      rest = rest[rest.index(after: close)...]
    }
    return filled + rest
  }

  /// The first sentence of what is written about the companion, turned to the first person where that is easy.
  private var about: String {
    let first = stage.description.split(whereSeparator: { ".\n".contains($0) }).first.map(String.init) ?? ""
    let words = Words(first).all
    guard !first.isEmpty, first.count <= 160 else { return "The rest you will find out by staying." }
    if words.first == "a" || words.first == "an" { return "\(first.capitalisedFirst)." }
    return "\(first)."
  }

  private var pronoun: String {
    let words = Words(stage.description + " " + stage.personality)
    if words.containsAny("he", "his", "him", "man", "boy") { return "his" }
    if words.containsAny("she", "her", "woman", "girl") { return "her" }
    return "their"
  }

  private func list(_ items: [String]) -> String {
    items.count <= 1
      ? items.first ?? "" : items.dropLast().joined(separator: ", ") + " and " + (items.last ?? "")
  }

  private func join(_ parts: String...) -> String { parts.filter { !$0.isEmpty }.joined(separator: " ") }
}

extension String {
  var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
