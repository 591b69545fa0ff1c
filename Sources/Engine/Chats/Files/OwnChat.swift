import Base
import FoundationEssentials
import Model

/// Our own form of a chat: the whole tree, every message with its parent. One JSON text, that other programs can read as well.
enum OwnChat {
  static let format = "companiond.chat"

  struct Head: Codable {
    var format = OwnChat.format
    var version = 1
    var companion: String
    var user: String?
    var title: String
    var mode: Chat.Mode
    var note: AuthorNote?
    var head: ULID?
  }

  static func isOne(_ document: JSONValue) -> Bool { document["format"]?.string == format }

  static func chat(_ document: JSONValue) -> IncomingChat {
    var chat = IncomingChat()
    chat.title = document["title"]?.string.flatMap { (1...512).contains($0.utf8.count) ? $0 : nil }
    chat.mode = document["mode"]?.string.flatMap(Chat.Mode.init)
    chat.companion = document["companion"]?.string?.prefix(bytes: PersonaRules.longestName)
    chat.user = document["user"]?.string?.prefix(bytes: PersonaRules.longestName)
    if let note = document["note"], let bytes = try? JSONEncoder().encode(note) {
      chat.note = try? JSONDecoder().decode(AuthorNote.self, from: bytes)
    }
    return chat
  }

  /// What of a message is written: what cannot be known elsewhere (its turn, its pictures, its place among siblings) is not.
  static func written(_ message: Message) throws -> JSONValue {
    let whole = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(message))
    var members = whole.object ?? [:]
    for name in [
      "chat", "companion", "turn", "siblings", "images", "revision", "change", "status", "finish", "usage",
    ] {
      members[name] = nil
    }
    return .object(members)
  }

  struct Line: Decodable {
    var id: String
    var parent: String?
    var role: Message.Role
    var author: String?
    var parts: [Part]
    var model: String?
    var state: SceneState?
    var mark: String?
    var hidden: Bool?
    var createdAt: Timestamp?
  }

  static func line(_ value: JSONValue) -> Line? {
    guard let bytes = try? JSONEncoder().encode(value) else { return nil }
    return try? JSONDecoder().decode(Line.self, from: bytes)
  }
}
