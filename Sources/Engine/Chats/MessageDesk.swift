package import Base
package import Model
package import Providers
import Store

/// Single messages: read, deleted, hidden, marked. What writes a line or has one written is `TurnDesk`'s.
@Loop
package final class MessageDesk {
  private let surroundings: Engine.Surroundings
  private let turns: TurnDesk
  private let locks: ChatLocks

  init(_ surroundings: Engine.Surroundings, turns: TurnDesk) {
    self.surroundings = surroundings
    self.turns = turns
    locks = turns.locks
  }

  package func get(_ id: ULID, of owner: Owner) async throws(EngineError) -> Message {
    let stored = try await surroundings.reading(owner) { snapshot in
      let message = try snapshot.message(id)
      // A message of a chat in the trash is gone with it.
      _ = try snapshot.chat(message.chat)
      return message
    }
    return turns.live(stored, of: owner)
  }

  /// Those with the same parent, itself among them, each with the newest message below it.
  package func siblings(
    of id: ULID, cursor: String?, limit: Int, owner: Owner
  ) async throws(EngineError) -> (items: [(message: Message, tip: ULID)], next: String?) {
    let after = try PageCursor.position(cursor)
    let page = try await surroundings.reading(owner) { snapshot in
      try snapshot.siblings(of: id, after: after, limit: limit)
    }
    return (
      page.items.map { (turns.live($0.message, of: owner), $0.tip) }, page.next.map { PageCursor.text($0) }
    )
  }

  /// Into the trash. What has children goes only with a word about them; nothing goes while a turn generates in the chat.
  package func delete(
    _ id: ULID, children rule: ChildrenFate?, of owner: Owner, recording: Recording<Deleted>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Deleted> {
    let chat: ULID
    do throws(EngineError) {
      chat = try await get(id, of: owner).chat
    } catch {
      // A repetition finds nothing to delete, but what it answered the first time.
      if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
      throw error
    }
    let (surroundings, entry) = (surroundings, surroundings.ids.make())
    return try await locks.exclusively(chat, of: owner, recording, surroundings) { () throws(EngineError) in
      let written = try await surroundings.writing(
        owner, recording, events: { $0.events(owner, origin) }
      ) { transaction in
        let message = try transaction.message(id)
        let before = try transaction.chat(chat)
        let lifted = try transaction.deleteLifting(
          message: id, children: rule.map { ChildrenRule($0) }, entry: entry)
        var deleted = Deleted(chat: try transaction.chat(chat), message: message, entry: entry)
        deleted.lifted = try lifted.map { try transaction.message($0) }
        deleted.withChildren = rule == .delete
        deleted.movedHead = deleted.chat.head != before.head
        return deleted
      } result: {
        $0
      }
      surroundings.announce()
      turns.dropOrphans(of: owner)
      return written.recorded
    }
  }

  /// Out of the prompt or back into it; no lock, since nothing of the tree changes.
  package func hide(
    _ id: ULID, _ hidden: Bool, of owner: Owner, recording: Recording<Message>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Message> {
    try await change(id, owner, recording, origin) { try $0.set(hidden: hidden, of: id) }
  }

  /// A bookmark; nil takes it away.
  package func mark(
    _ id: ULID, _ name: String?, of owner: Owner, recording: Recording<Message>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Message> {
    try await change(id, owner, recording, origin) { try $0.set(mark: name, of: id) }
  }

  private func change(
    _ id: ULID, _ owner: Owner, _ recording: Recording<Message>?, _ origin: Origin,
    _ body: @escaping @Sendable (Transaction) throws -> Message
  ) async throws(EngineError) -> Recorded<Message> {
    let written = try await surroundings.writing(
      owner, recording,
      events: { changed in
        changed.isDifferent
          ? [Event(owner: owner, .messageUpdated(changed.message, in: changed.chat), origin: origin)] : []
      }
    ) { transaction in
      let before = try transaction.message(id)
      let chat = try transaction.chat(before.chat)
      let message = try body(transaction)
      return Changed(message: message, chat: chat, isDifferent: message != before)
    } result: {
      $0.message
    }
    surroundings.announce()
    return written.recorded
  }

  private struct Changed: Sendable {
    let message: Message
    let chat: Chat
    let isDifferent: Bool
  }
}

/// What becomes of a deleted message's children.
package enum ChildrenFate: String, Sendable, CaseIterable {
  case delete
  /// They take the deleted message's place.
  case lift
}

extension ChildrenRule {
  fileprivate init(_ fate: ChildrenFate) { self = fate == .delete ? .delete : .lift }
}

/// What went into the trash, and under which entry it can be had back.
package struct Deleted: Sendable {
  /// As it is now, or as it was when it is what went.
  package var chat: Chat
  /// As it was; nil when a whole chat went.
  package var message: Message?
  package var entry: ULID
  var lifted: [Message] = []
  var withChildren = false
  var movedHead = false

  init(chat: Chat, message: Message? = nil, entry: ULID) {
    self.chat = chat
    self.message = message
    self.entry = entry
  }

  func events(_ owner: Owner, _ origin: Origin) -> [Event] {
    var subjects: [Event.Subject] = []
    if let message { subjects.append(.messageDeleted(message, in: chat, withChildren: withChildren)) }
    subjects += lifted.map { .messageUpdated($0, in: chat) }
    if movedHead { subjects.append(.chatHead(chat)) }
    return subjects.map { Event(owner: owner, $0, origin: origin) }
  }
}
