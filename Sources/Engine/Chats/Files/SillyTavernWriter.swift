import Base
import FoundationEssentials
import Model

/// Writes a branch as SillyTavern keeps a chat: a header, then one object for each message, the others beside it as its swipes.
struct SillyTavernWriter {
  var user: String
  var companion: String

  func header(_ chat: Chat) -> JSONValue {
    var own: [String: JSONValue] = ["mode": .string(chat.mode.rawValue)]
    if chat.title != Chat.untitled { own["title"] = .string(chat.title) }
    var metadata: [String: JSONValue] = [CardReader.ours: .object(own)]
    if let note = chat.settings.note {
      metadata["note_prompt"] = .string(note.text)
      metadata["note_depth"] = .integer(Int64(note.depth ?? 4))
      metadata["note_interval"] = .integer(Int64(note.every ?? 1))
      // In the chat, at the depth.
      metadata["note_position"] = 1
      metadata["note_role"] = .integer(note.role == .user ? 1 : note.role == .assistant ? 2 : 0)
    }
    return [
      "user_name": .string(user), "character_name": .string(companion),
      "create_date": .string(chat.createdAt.description), "chat_metadata": .object(metadata),
    ]
  }

  /// `beside` holds all of the message's kind with the same parent, itself among them; nothing when it is alone.
  func message(_ message: Message, beside: [Message]) throws(EngineError) -> JSONValue {
    let rest = Self.rest(of: message)
    var line = rest?["line"]?.object ?? [:]
    let isUser = message.role == .user
    line["name"] = .string(message.author ?? (isUser ? user : companion))
    line["is_user"] = .bool(isUser)
    line["is_system"] = .bool(message.hidden ?? false)
    line["send_date"] = .string(message.createdAt.description)
    line["mes"] = .string(message.text)
    line["extra"] = .object(try extra(of: message, rest))
    if beside.count > 1, let place = beside.firstIndex(where: { $0.id == message.id }) {
      line["swipes"] = .array(beside.map { .string($0.text) })
      line["swipe_id"] = .integer(Int64(place))
      line["swipe_info"] = .array(
        try beside.map { (way) throws(EngineError) in
          [
            "send_date": .string(way.createdAt.description),
            "extra": .object(try extra(of: way, Self.rest(of: way))),
          ]
        })
    }
    return .object(line)
  }

  private static func rest(of message: Message) -> JSONValue? {
    for case .other(let value) in message.parts where value["type"]?.string == IncomingLine.restType {
      return value
    }
    return nil
  }

  private func extra(of message: Message, _ rest: JSONValue?) throws(EngineError) -> [String: JSONValue] {
    var extra = rest?["extra"]?.object ?? [:]
    extra["model"] = message.model.map { .string($0) }
    for case .reasoning(let text) in message.parts { extra["reasoning"] = .string(text) }
    if message.role == .narrator { extra["type"] = "narrator" }
    var own: [String: JSONValue] = [:]
    if message.role == .system || message.role == .narrator { own["role"] = .string(message.role.rawValue) }
    own["mark"] = message.mark.map { .string($0) }
    if let state = message.state {
      do {
        own["state"] = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(state))
      } catch {
        throw .fault("a scene cannot be written: \(error)")
      }
    }
    extra[CardReader.ours] = own.isEmpty ? nil : .object(own)
    return extra
  }
}
