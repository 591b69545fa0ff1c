package import Base
package import Model
import Store

/// An owner's chats: begun, listed, and read page by page.
package actor ChatDesk {
  let surroundings: Engine.Surroundings
  let turns: TurnDesk
  let locks: ChatLocks

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe surroundings.executor.asUnownedSerialExecutor()
  }

  init(_ surroundings: Engine.Surroundings, turns: TurnDesk, locks: ChatLocks) {
    self.surroundings = surroundings
    self.turns = turns
    self.locks = locks
  }

  /// Pins the newest published version unless another is named. The greeting is the first message, the companion's other
  /// greetings its siblings.
  package func create(
    companion: String, title: String?, mode: Chat.Mode?, settings: ChatSettings?, version: Int?,
    greeting: Int?, defaults: NewChatDefaults = .mine,
    of owner: Owner, recording: Recording<Chat>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Chat> {
    if let title, !(1...512).contains(title.utf8.count) {
      throw .invalid(path: "title", expected: "1 to 512 bytes")
    }
    let plan = NewChatPlan(
      companion: companion, title: title, mode: mode, settings: settings, version: version,
      greeting: greeting, takes: defaults)
    if let settings {
      try ChatSettingsRules.check(settings, at: "settings", limits: surroundings.limits)
    }
    let ids = surroundings.ids
    let written = try await surroundings.writing(
      owner, recording, events: { $0.events(owner, origin) }
    ) { transaction in
      try plan.carryOut(transaction, ids)
    } result: {
      $0.chat
    }
    surroundings.announce()
    if let chat = written.effect?.chat, chat.mode == .roleplay {
      // By the time the first line is said, a model may have the persona in few words.
      await turns.roleplay.need(.init(owner: owner, companion: chat.companion, version: chat.version))
    }
    return written.recorded
  }

  package func list(
    companion: String?, of owner: Owner, query: String?, cursor: String?, limit: Int
  ) async throws(EngineError) -> (items: [Chat], next: String?) {
    let before = try PageCursor.position(cursor)
    let page = try await surroundings.reading(owner) { snapshot in
      let id = try companion.map { try snapshot.companion(named: $0).id }
      return try snapshot.chats(companion: id, query: query, before: before, limit: limit)
    }
    return (page.items, page.next.map { PageCursor.text($0) })
  }

  package func get(_ chat: ULID, of owner: Owner) async throws(EngineError) -> Chat {
    try await surroundings.reading(owner) { snapshot in try snapshot.chat(chat) }
  }

  package func history(
    of chat: ULID, leaf: ULID?, before: ULID?, after: ULID?, limit: Int, owner: Owner
  ) async throws(EngineError) -> HistoryPage {
    let edge: HistoryEdge
    switch (before, after) {
    case (nil, nil): edge = .newest
    case (let message?, nil): edge = .before(message)
    case (nil, let message?): edge = .after(message)
    default: throw .invalid(path: "after", expected: "either before or after, not both")
    }
    let history = try await surroundings.reading(owner) { snapshot in
      // A leaf, or a place on its branch, that is not the chat's.
      if let named = leaf ?? before ?? after {
        _ = try snapshot.tip(belowLeaf: named, in: try snapshot.chat(chat))
      }
      return try snapshot.history(of: chat, leaf: leaf, edge, limit: limit)
    }
    return HistoryPage(
      messages: await turns.live(history.messages, of: owner), leaf: history.leaf, tip: history.tip,
      stale: history.stale,
      more: history.more)
  }
}
