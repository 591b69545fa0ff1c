import Base
import Client
import Model
import Wire

/// What chats are called and with whom they are, asked for once each.
final class Names {
  struct Entry {
    let title: String
    let companion: String
  }

  private let client: BlockingClient
  private var chats: [ULID: Entry] = [:]
  private var companions: [ULID: String] = [:]

  init(_ client: BlockingClient) { self.client = client }

  /// A chat that is gone by now, and with it perhaps its companion, is called by its id.
  func place(of chat: ULID) throws(ClientError) -> Entry {
    if let known = chats[chat] { return known }
    var entry = Entry(title: chat.description, companion: "?")
    if let found = try Place.chat(chat, client) {
      entry = Entry(title: found.title, companion: try name(of: found.companion))
    }
    chats[chat] = entry
    return entry
  }

  func name(of companion: ULID) throws(ClientError) -> String {
    if let known = companions[companion] { return known }
    var name = companion.description
    do throws(ClientError) {
      name = try client.call(
        CompanionGet.self, CompanionGet.Params(companion: companion.description),
        timeout: Invocation.patience
      ).companion.name
    } catch .daemon(let error) where error.code == .notFound {
      // Deleted between the two calls.
    }
    companions[companion] = name
    return name
  }
}
