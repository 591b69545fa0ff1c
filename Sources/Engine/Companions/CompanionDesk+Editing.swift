package import Base
package import Model
import Store

/// What of a companion is to change; what is absent stays.
package struct CompanionChange: Sendable {
  package var persona: JSONValue?
  package var handle: String?
  package var tagline: Patch<String> = .keep
  package var tags: [String]?
  /// The persona in few words, by hand; cleared, it is made anew.
  package var roleplay: Patch<CompanionVersion.RoleplayEdit> = .keep
  /// Whose few words are meant; nil is the draft's.
  package var version: Int?
  package var portrait: Patch<ULID> = .keep
  package var header: Patch<ULID> = .keep

  package init() {}
}

extension Reading {
  /// A picture of the owner's that a page can begin with.
  func checkHeader(_ id: ULID) throws {
    let image = try storedImage(id).image
    let widest = PictureDefaults().headerWidth
    guard image.kind == .header || image.width <= widest else {
      throw EngineError.invalid(
        path: "header",
        expected:
          "a picture of at most \(widest) pixels across; image.import makes one with the kind header")
    }
  }
}

/// A companion before and after something was done to it.
private struct Edited: Sendable {
  let companion: Companion
  let isNew: Bool
}

extension CompanionDesk {
  /// Changes the draft and what lists show. Nothing changes, and nobody is told, when it is so already.
  package func update(
    _ name: String, _ change: CompanionChange, ifRevision: Int64?, of owner: Owner,
    recording: Recording<Companion>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Companion> {
    if let handle = change.handle { try check(handle: handle) }
    if let tags = change.tags { try check(tags: tags) }
    if case .set(let tagline) = change.tagline, !(1...512).contains(tagline.utf8.count) {
      throw .invalid(path: "tagline", expected: "1 to 512 bytes")
    }
    if change.version != nil, change.roleplay == .keep {
      throw .invalid(path: "version", expected: "a version only together with roleplay")
    }
    if case .set(let few) = change.roleplay { try few.check() }
    let now = surroundings.wallClock.now()
    let updated = try await edit(name, of: owner, recording, origin, Event.Subject.companionUpdated) {
      (transaction, companion) in
      var edit = CompanionEdit()
      edit.handle = change.handle
      edit.tagline = change.tagline
      edit.tags = change.tags
      (edit.portrait, edit.header) = (change.portrait, change.header)
      if case .set(let portrait) = change.portrait { _ = try transaction.storedImage(portrait) }
      if case .set(let header) = change.header { try transaction.checkHeader(header) }
      if let patch = change.persona {
        let persona = try PersonaPatch.apply(patch, to: transaction.version(0, of: companion.id).persona)
        try PersonaRules.check(persona)
        edit.persona = persona
      }
      do {
        _ = try transaction.update(companion: companion.id, edit, ifRevision: ifRevision)
      } catch StoreError.body(let taken as HandleTaken) {
        throw EngineError.invalid(path: "handle", expected: "a handle that is free; \(taken.handle) is not")
      }
      try CompanionVersion.RoleplayEdit.apply(
        change.roleplay, to: change.version ?? 0, of: companion.id, at: now, transaction)
      return try transaction.companion(companion.id)
    }
    if case .clear = change.roleplay, case .fresh(let companion) = updated {
      await roleplay.need(.init(owner: owner, companion: companion.id, version: change.version ?? 0))
    }
    return updated
  }

  /// Out of the usual lists, or back into them.
  package func archive(
    _ name: String, _ archived: Bool, of owner: Owner, recording: Recording<Companion>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Companion> {
    try await edit(name, of: owner, recording, origin, Event.Subject.companionUpdated) {
      (transaction, companion) in
      var edit = CompanionEdit()
      edit.archived = archived
      return try transaction.update(companion: companion.id, edit)
    }
  }

  private func edit(
    _ name: String, of owner: Owner, _ recording: Recording<Companion>?, _ origin: Origin,
    _ subject: @escaping @Sendable (Companion) -> Event.Subject,
    _ body: @escaping @Sendable (Transaction, Companion) throws -> Companion
  ) async throws(EngineError) -> Recorded<Companion> {
    let written = try await surroundings.writing(
      owner, recording,
      events: { $0.isNew ? [Event(owner: owner, subject($0.companion), origin: origin)] : [] }
    ) { transaction in
      let before = try transaction.companion(named: name)
      let after = try body(transaction, before)
      return Edited(companion: after, isNew: after.revision != before.revision)
    } result: {
      $0.companion
    }
    surroundings.announce()
    return written.recorded
  }

  package struct Published: Sendable {
    package let companion: Companion
    package let version: CompanionVersion
  }

  /// Freezes the draft as the next version, which new chats are pinned to from now on.
  package func publish(
    _ name: String, note: String?, of owner: Owner, recording: Recording<Published>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Published> {
    if let note, !(1...2048).contains(note.utf8.count) {
      throw .invalid(path: "note", expected: "1 to 2048 bytes")
    }
    let written = try await surroundings.writing(
      owner, recording,
      events: { [Event(owner: owner, .companionPublished($0.companion), origin: origin)] }
    ) { transaction in
      let id = try transaction.companion(named: name).id
      let version = try transaction.publish(companion: id, note: note)
      return Published(companion: try transaction.companion(id), version: version)
    } result: {
      $0
    }
    surroundings.announce()
    return written.recorded
  }

  /// Into the trash, with its chats. Answers the entry by which all of it comes back. Refused while a turn generates in any of them:
  /// turns begin and end in commits of their own, so the rows tell, and no lock of a chat need be held.
  package func delete(
    _ name: String, ifRevision: Int64?, of owner: Owner, recording: Recording<TrashEntry>?, origin: Origin
  ) async throws(EngineError) -> Recorded<TrashEntry> {
    let entry = surroundings.ids.make()
    let written = try await surroundings.writing(
      owner, recording,
      events: { [Event(owner: owner, .companionDeleted($0.companion), origin: origin)] }
    ) { transaction in
      let companion = try transaction.companion(named: name)
      if let turn = try transaction.generating(withCompanion: companion.id) {
        throw EngineError.busy(turn: turn)
      }
      try transaction.delete(companion: companion.id, entry: entry, ifRevision: ifRevision)
      return Deleted(companion: companion, entry: TrashEntry(try transaction.trashEntry(entry)))
    } result: {
      $0.entry
    }
    surroundings.announce()
    return written.recorded
  }

  private struct Deleted: Sendable {
    let companion: Companion
    let entry: TrashEntry
  }

  /// The newest first, the draft last.
  package func versions(
    of name: String, cursor: String?, limit: Int, owner: Owner
  ) async throws(EngineError) -> (items: [CompanionVersion], next: String?) {
    let before = try PageCursor.position(cursor)
    let page = try await surroundings.reading(owner) { snapshot in
      try snapshot.versions(of: snapshot.companion(named: name).id, before: before, limit: limit)
    }
    return (page.items.map(\.shown), page.next.map { PageCursor.text($0) })
  }

  package func version(
    _ number: Int, of name: String, owner: Owner
  ) async throws(EngineError) -> CompanionVersion {
    try await surroundings.reading(owner) { snapshot in
      try snapshot.version(number, of: snapshot.companion(named: name).id).shown
    }
  }

  func check(handle: String) throws(EngineError) {
    guard Handle.isValid(handle) else {
      throw .invalid(
        path: "handle", expected: "1 to \(Handle.longest) lower-case letters, digits and hyphens")
    }
  }

  func check(tags: [String]) throws(EngineError) {
    guard tags.count <= 64, tags.allSatisfy({ (1...64).contains($0.utf8.count) }) else {
      throw .invalid(path: "tags", expected: "at most 64 tags of 1 to 64 bytes")
    }
  }
}
