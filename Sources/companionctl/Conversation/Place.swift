import Base
import Client
import Model
import Wire

/// Something that is not there, told with what to do about it. The daemon was asked and had nothing.
struct Missing: Error, CustomStringConvertible {
  let description: String
}

/// Which conversation a word means: a chat by its id, a companion's most recent chat, or without a word the most recent of all.
struct Place {
  let chat: Chat
  let companion: Companion

  /// What the commands say of this word.
  static let words = "[COMPANION|CHAT]"
  static let explained = """
    COMPANION is a handle, its beginning or an id, and means the most recent chat with them; a chat's own id means that chat. \
    Without either it is the chat in which something happened last.
    """

  static func find(_ word: String?, _ client: BlockingClient) throws -> Place {
    if let chat = try chat(word, client) { return chat }
    let companion = try companion(word, client)
    throw Missing(
      description: "There is no chat with \(companion.name.escaped) yet. "
        + "Begin one with: companionctl chat \(companion.handle.escaped)")
  }

  /// The same, but a chat is opened where there is none.
  static func findOrOpen(_ word: String?, isNew: Bool = false, _ client: BlockingClient) throws -> Place {
    if !isNew, let chat = try chat(word, client) { return chat }
    let companion = try companion(word, client)
    let opened = try client.call(
      ChatCreate.self, ChatCreate.Params(companion: companion.id.description), timeout: Invocation.patience)
    return Place(chat: opened.chat, companion: companion)
  }

  private static func chat(_ word: String?, _ client: BlockingClient) throws -> Place? {
    if let id = word.flatMap({ ULID($0) }), let chat = try self.chat(id, client) {
      return Place(chat: chat, companion: try companion(chat.companion.description, client))
    }
    let wanted = try word.map { try companion($0, client) }
    let list = try client.call(
      ChatList.self, ChatList.Params(companion: wanted?.id.description, limit: 1),
      timeout: Invocation.patience)
    guard let chat = list.chats.first else { return nil }
    return Place(
      chat: chat, companion: try wanted ?? companion(chat.companion.description, client))
  }

  /// nil where there is none of that id.
  static func chat(_ id: ULID, _ client: BlockingClient) throws(ClientError) -> Chat? {
    do throws(ClientError) {
      return try client.call(ChatGet.self, ChatGet.Params(chat: id), timeout: Invocation.patience).chat
    } catch .daemon(let error) where error.code == .notFound {
      return nil
    }
  }

  static func companion(_ word: String?, _ client: BlockingClient) throws -> Companion {
    if let word {
      return try client.call(
        CompanionGet.self, CompanionGet.Params(companion: word), timeout: Invocation.patience
      ).companion
    }
    let list = try client.call(
      CompanionList.self, CompanionList.Params(limit: 1), timeout: Invocation.patience)
    guard let first = list.companions.first else {
      throw Missing(description: "There is no companion yet. Make one with: companionctl new NAME")
    }
    return first
  }
}
