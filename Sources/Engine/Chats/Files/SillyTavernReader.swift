import Base
import FoundationEssentials
import Model

/// A chat of SillyTavern's, line by line: a header, which old files of groups lack, and one object for each message.
struct SillyTavernReader {
  var coercion = Coercion()
  private(set) var chat = IncomingChat()

  /// A line that is no message: the header. Answers whether it was one.
  mutating func takeHeader(_ line: JSONValue) -> Bool {
    guard line["mes"] == nil, line.object != nil else { return false }
    chat.user = named(line["user_name"]) ?? chat.user
    chat.companion = named(line["character_name"]) ?? chat.companion
    let metadata = line["chat_metadata"]
    if let text = metadata?["note_prompt"]?.string, !text.isBlank { chat.note = note(text, metadata) }
    let own = metadata?[CardReader.ours]
    if let title = own?["title"]?.string, (1...512).contains(title.utf8.count) { chat.title = title }
    chat.mode = own?["mode"]?.string.flatMap(Chat.Mode.init)
    return true
  }

  /// Newer versions write `unused` where older ones wrote a name.
  private func named(_ value: JSONValue?) -> String? {
    guard let name = value?.string?.trimmed, !name.isEmpty, name != "unused" else { return nil }
    return name.prefix(bytes: PersonaRules.longestName)
  }

  private mutating func note(_ text: String, _ metadata: JSONValue?) -> AuthorNote {
    var note = AuthorNote(text: Coercion.plain(text))
    note.depth = coercion.integer(metadata?["note_depth"], "note_depth").map { Int(min(max(0, $0), 100)) }
    note.every = coercion.integer(metadata?["note_interval"], "note_interval").map {
      Int(min(max(0, $0), 1_000))
    }
    note.role = [1: .user, 2: .assistant][metadata?["note_role"]?.integer ?? 0]
    return note
  }

  /// Nil for a line without a text.
  mutating func message(_ line: JSONValue) -> IncomingLine? {
    let extra = line["extra"]
    let isUser = coercion.flag(line["is_user"], "is_user") ?? false
    var result = IncomingLine(role: isUser ? .user : .assistant, ways: [])
    result.isHidden = coercion.flag(line["is_system"], "is_system") ?? false
    switch extra?["type"]?.string {
    case "narrator": result.role = .narrator
    case "comment", "help", "welcome", "assistant_note", "slash_commands": result.role = .system
    default: break
    }
    if let role = extra?[CardReader.ours]?["role"]?.string.flatMap(Message.Role.init) { result.role = role }
    if let name = named(line["name"]), !isUser || name != chat.user { result.author = name }
    takeWays(of: line, into: &result)
    return result.ways.isEmpty ? nil : result
  }

  /// What the line says is the truth for the way that is active: the list may lag behind it, and its number lie.
  private mutating func takeWays(of line: JSONValue, into result: inout IncomingLine) {
    let infos = line["swipe_info"]?.array ?? []
    var texts = (line["swipes"]?.array ?? []).prefix(IncomingLine.mostWays).map { text($0) ?? "" }
    var active = coercion.integer(line["swipe_id"], "swipe_id").map { Int(clamping: $0) } ?? 0
    let said = text(line["mes"]) ?? ""
    if !said.isBlank {
      if !texts.indices.contains(active) { active = texts.firstIndex(of: said) ?? texts.count }
      if active == texts.count { texts.append(said) } else { texts[active] = said }
    } else if !texts.indices.contains(active) {
      active = max(0, texts.count - 1)
    }
    for (number, text) in texts.enumerated() where !text.isBlank {
      let info = number < infos.count ? infos[number] : .null
      if number <= active { result.active = result.ways.count }
      let way =
        number == active
        ? way(text, at: line["send_date"] ?? info["send_date"], line["extra"], of: line)
        : way(text, at: info["send_date"], info["extra"], of: nil)
      result.ways.append(way)
    }
  }

  private mutating func way(
    _ text: String, at date: JSONValue?, _ extra: JSONValue?, of line: JSONValue?
  ) -> IncomingLine.Way {
    var way = IncomingLine.Way(text: text)
    way.at = ChatDate.read(date)
    if way.at == nil, let date, date != .null, date != "" {
      coercion.warnings.add("Some dates are not understood; such lines have the time of the one before.")
    }
    guard case .object(var rest)? = extra else {
      way.rest = rest(nil, of: line)
      return way
    }
    way.reasoning = rest.removeValue(forKey: "reasoning")?.string.flatMap {
      $0.isBlank ? nil : Coercion.plain($0)
    }
    way.model = rest.removeValue(forKey: "model")?.string.flatMap {
      (1...200).contains($0.utf8.count) ? $0 : nil
    }
    if rest["type"] == "narrator" { rest["type"] = nil }
    if let own = rest.removeValue(forKey: CardReader.ours) {
      way.mark = own["mark"]?.string.flatMap { (1...200).contains($0.utf8.count) ? $0 : nil }
      way.state = own["state"].flatMap(Self.state)
    }
    way.rest = self.rest(rest, of: line)
    return way
  }

  /// What means nothing here and is told again when the chat goes out.
  private func rest(_ extra: [String: JSONValue]?, of line: JSONValue?) -> JSONValue? {
    var rest: [String: JSONValue] = [:]
    if let extra, !extra.isEmpty { rest["extra"] = .object(extra) }
    let members = (line?.object ?? [:]).filter { name, value in
      ["force_avatar", "original_avatar", "title", "gen_started", "gen_finished"].contains(name)
        && value != .null
        && value != ""
    }
    if !members.isEmpty { rest["line"] = .object(members) }
    guard !rest.isEmpty else { return nil }
    rest["type"] = .string(IncomingLine.restType)
    let value = JSONValue.object(rest)
    guard let size = try? JSONEncoder().encode(value).count, size <= IncomingLine.longestRest else {
      return nil
    }
    return value
  }

  /// A scene as we wrote it, no larger than one can be.
  private static func state(_ value: JSONValue) -> SceneState? {
    guard let bytes = try? JSONEncoder().encode(value), bytes.count <= IncomingLine.longestRest else {
      return nil
    }
    return try? JSONDecoder().decode(SceneState.self, from: bytes)
  }

  private func text(_ value: JSONValue?) -> String? {
    switch value {
    case .string(let text)?: Coercion.plain(text)
    case .integer(let number)?: String(number)
    case .number(let number)?: String(number)
    // Chub's variant.
    case .object?: value?["message"]?.string.map(Coercion.plain)
    default: nil
    }
  }
}
