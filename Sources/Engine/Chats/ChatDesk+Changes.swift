package import Base
package import Model
import Store

extension ChatDesk {
  /// What of a chat is to change; what is not named stays.
  package struct Edit: Sendable {
    package var title: String?
    package var mode: Chat.Mode?
    package var settings: ChatSettingsPatch?
    package var version: Int?
    package var archived: Bool?
    package var ifRevision: Int64?

    package init() {}
  }

  /// Where the person wants what they change in one chat to hold for the next, their defaults change in the same commit.
  package func update(
    _ id: ULID, _ edit: Edit, of owner: Owner, recording: Recording<Chat>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Chat> {
    let limits = surroundings.limits
    if let named = edit.settings?.applied(to: ChatSettings()) {
      try ChatSettingsRules.check(named, at: "settings", limits: limits)
    }
    let written = try await surroundings.writing(
      owner, recording, events: { $0.events(owner, origin) }
    ) { transaction in
      let before = try transaction.chat(id)
      var change = ChatEdit()
      (change.title, change.mode) = (edit.title, edit.mode)
      (change.version, change.archived) = (edit.version, edit.archived)
      if let settings = edit.settings?.applied(to: before.settings) {
        // Each part may fit where all of them together do not.
        try ChatSettingsRules.check(settings, at: "settings", limits: limits)
        change.settings = settings
      }
      let chat = try transaction.update(chat: id, change, ifRevision: edit.ifRevision)
      var updated = Updated(before: before, chat: chat)
      if chat.settings != before.settings, let settings = edit.settings, try transaction.settings().reuse {
        var defaults = try transaction.settings().defaults ?? ChatSettings()
        defaults = settings.applied(to: defaults)
        let applied = try transaction.apply(SettingsPatch(defaults: .set(defaults)), ifRevision: nil)
        if !applied.members.isEmpty { updated.settings = (applied.settings, applied.members) }
      }
      return updated
    } result: {
      $0.chat
    }
    surroundings.announce()
    return written.recorded
  }

  private struct Updated: Sendable {
    let before: Chat
    let chat: Chat
    var settings: (now: Settings, members: [String])?

    func events(_ owner: Owner, _ origin: Origin) -> [Event] {
      var subjects: [Event.Subject] = []
      if chat.archived != before.archived { subjects.append(.chatArchived(chat)) }
      var unarchived = before
      (unarchived.archived, unarchived.revision) = (chat.archived, chat.revision)
      (unarchived.updatedAt, unarchived.change) = (chat.updatedAt, chat.change)
      // What is written in other bytes and still equal is a change, too: its revision says so.
      if unarchived != chat || subjects.isEmpty && chat.revision != before.revision {
        subjects.append(.chatUpdated(chat))
      }
      if let settings { subjects.append(.settingsChanged(settings.now, changed: settings.members)) }
      return subjects.map { Event(owner: owner, $0, origin: origin) }
    }
  }

  /// Goes on from another message, without a lock: a reply on its way becomes the head all the same when it ends.
  package func select(
    _ id: ULID, leaf: ULID, of owner: Owner, recording: Recording<Chat>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Chat> {
    try await change(id, owner, recording, origin, telling: { .chatHead($0) }) { transaction in
      do {
        try transaction.select(head: leaf, in: id)
      } catch StoreError.notFound(kind: "message", id: _) {
        throw EngineError.leafNotFound(leaf, head: try transaction.chat(id).head)
      }
    }
  }

  /// Everything up to a message, or all of it, has been read.
  package func read(
    _ id: ULID, upTo message: ULID?, of owner: Owner, recording: Recording<Chat>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Chat> {
    try await change(id, owner, recording, origin, telling: { .chatRead($0) }) { transaction in
      _ = try transaction.markRead(id, upTo: message)
    }
  }

  /// Tells listeners only of what is different afterwards.
  private func change(
    _ id: ULID, _ owner: Owner, _ recording: Recording<Chat>?, _ origin: Origin,
    telling subject: @escaping @Sendable (Chat) -> Event.Subject,
    _ body: @escaping @Sendable (Transaction) throws -> Void
  ) async throws(EngineError) -> Recorded<Chat> {
    let written = try await surroundings.writing(
      owner, recording,
      events: { changed in
        changed.before == changed.chat ? [] : [Event(owner: owner, subject(changed.chat), origin: origin)]
      }
    ) { transaction in
      let before = try transaction.chat(id)
      try body(transaction)
      return Updated(before: before, chat: try transaction.chat(id))
    } result: {
      $0.chat
    }
    surroundings.announce()
    return written.recorded
  }

  /// Into the trash, with all its messages. Refused while a turn generates there.
  package func delete(
    _ id: ULID, of owner: Owner, recording: Recording<Deleted>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Deleted> {
    let (surroundings, entry) = (surroundings, surroundings.ids.make())
    return try await locks.exclusively(id, of: owner, recording, surroundings) { () throws(EngineError) in
      let written = try await surroundings.writing(
        owner, recording, events: { [Event(owner: owner, .chatDeleted($0.chat), origin: origin)] }
      ) { transaction in
        let chat = try transaction.chat(id)
        try transaction.delete(chat: id, entry: entry)
        return Deleted(chat: chat, entry: entry)
      } result: {
        $0
      }
      surroundings.announce()
      turns.dropOrphans(of: owner)
      return written.recorded
    }
  }

  // MARK: Branches

  package func tree(
    of chat: ULID, root: ULID?, depth: Int, limit: Int, owner: Owner
  ) async throws(EngineError) -> Tree {
    try await surroundings.reading(owner) { snapshot in
      if let root { _ = try snapshot.tip(belowLeaf: root, in: try snapshot.chat(chat)) }
      let tree = try snapshot.tree(of: chat, root: root, depth: depth, limit: limit)
      return Tree(
        nodes: tree.nodes.map {
          Tree.Node(
            id: $0.id, parent: $0.parent, role: $0.role, at: $0.at, children: $0.children, preview: $0.preview
          )
        }, more: tree.more)
    }
  }

  /// A chat's messages with their children counted, as far as was asked.
  package struct Tree: Sendable {
    package struct Node: Sendable {
      package let id: ULID
      package let parent: ULID?
      package let role: Message.Role
      package let at: Timestamp
      package let children: Int
      package let preview: String
    }
    package let nodes: [Node]
    /// Those whose children did not all fit.
    package let more: [ULID]
  }

  /// The tips of all branches, the newest first.
  package func leaves(
    of chat: ULID, cursor: String?, limit: Int, owner: Owner
  ) async throws(EngineError) -> (items: [Message], next: String?) {
    let before = try PageCursor.position(cursor)
    let page = try await surroundings.reading(owner) { snapshot in
      try snapshot.leaves(of: chat, before: before, limit: limit)
    }
    return (await turns.live(page.items, of: owner), page.next.map { PageCursor.text($0) })
  }
}
