package import Base
package import Model
import Providers
import Store

/// What was deleted: looked at, brought back, and removed for good, by hand or after its time.
package actor TrashDesk {
  /// How long what was deleted can be had back.
  package static let lifetime = Duration.seconds(30 * 86_400)

  private let surroundings: Engine.Surroundings
  private let locks: ChatLocks
  private let log: Log

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe surroundings.executor.asUnownedSerialExecutor()
  }

  init(_ surroundings: Engine.Surroundings, locks: ChatLocks) {
    self.surroundings = surroundings
    self.locks = locks
    log = Log(surroundings.log, component: "trash")
  }

  /// The newest first.
  package func list(
    of owner: Owner, cursor: String?, limit: Int
  ) async throws(EngineError) -> (items: [TrashEntry], next: String?) {
    let before = try PageCursor.position(cursor)
    let page = try await surroundings.reading(owner) { try $0.trash(before: before, limit: limit) }
    return (page.items.map { TrashEntry($0) }, page.next.map { PageCursor.text($0) })
  }

  private struct Restored: Sendable {
    let entry: TrashEntry
    let subjects: [Event.Subject]
  }

  /// Brings back what an entry holds, where it was. Refused while what it belongs to is in the trash itself, or when its
  /// handle has a new owner; messages change a chat's tree, so they come back only while nothing generates there.
  package func restore(
    _ id: ULID, of owner: Owner, recording: Recording<TrashEntry>?, origin: Origin
  ) async throws(EngineError) -> Recorded<TrashEntry> {
    let chat: ULID?
    do throws(EngineError) {
      chat = try await surroundings.reading(owner) { snapshot in
        try snapshot.chat(ofMessagesIn: snapshot.trashEntry(id))
      }
    } catch {
      // A repetition finds no entry any more, but what it answered the first time.
      if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
      throw error
    }
    let surroundings = surroundings
    guard let chat else { return try await Self.restore(id, owner, recording, origin, surroundings) }
    return try await locks.exclusively(chat, of: owner, recording, surroundings) { () throws(EngineError) in
      try await Self.restore(id, owner, recording, origin, surroundings)
    }
  }

  @Loop private static func restore(
    _ id: ULID, _ owner: Owner, _ recording: Recording<TrashEntry>?, _ origin: Origin,
    _ surroundings: Engine.Surroundings
  ) async throws(EngineError) -> Recorded<TrashEntry> {
    let written = try await surroundings.writing(
      owner, recording,
      events: { restored in restored.subjects.map { Event(owner: owner, $0, origin: origin) } }
    ) { transaction in
      let entry = TrashEntry(try transaction.trashEntry(id))
      do {
        try transaction.restore(id)
      } catch StoreError.body(let taken as HandleTaken) {
        throw EngineError.invalid(
          path: "trash",
          expected: "a companion whose handle is free; another is called \(taken.handle) now")
      } catch StoreError.body(let blocked as RestoreBlocked) {
        throw EngineError.invalid(
          path: "trash", expected: "an entry that can go where it was; \(blocked.by), so restore that first")
      }
      return Restored(entry: entry, subjects: try subjects(of: entry, transaction))
    } result: {
      $0.entry
    }
    surroundings.announce()
    return written.recorded
  }

  /// To those who listen, what comes back is new; `sync.changes` has all of it.
  private static func subjects(
    of entry: TrashEntry, _ transaction: Transaction
  ) throws -> [Event.Subject] {
    switch entry.kind {
    case .companion: return [.companionCreated(try transaction.companion(entry.item))]
    case .chat: return [.chatCreated(try transaction.chat(entry.item))]
    case .image: return [.imageCreated(try transaction.storedImage(entry.item).image)]
    case .message:
      let message = try transaction.message(entry.item)
      let chat = try transaction.chat(message.chat)
      return [.messageCreated(message, in: chat), .chatHead(chat)]
    }
  }

  /// Removes one entry for good.
  package func purge(
    _ id: ULID, of owner: Owner, recording: Recording<Int>?
  ) async throws(EngineError) -> Recorded<Int> {
    try await indexWaiting(of: owner)
    let purged = try await surroundings.writing(owner, recording) { transaction in
      try transaction.purge(id)
      return 1
    } result: {
      $0
    }
    if purged.effect != nil { await dropFiles(of: owner) }
    return purged.recorded
  }

  /// The files of pictures that went. What fails here is found by `image.collect`.
  private func dropFiles(of owner: Owner) async {
    do {
      try await surroundings.vault(of: owner).dropUnusedPictures()
    } catch {
      log.warning("Files of pictures that are gone could not be removed.", ["error": "\(error)"])
    }
  }

  /// Removes everything that lies there now, for good; tells how many entries. One entry a commit, so that others get their turn
  /// between; a call that is repeated after a crash goes on where it ended.
  package func purgeAll(
    of owner: Owner, recording: Recording<Int>?
  ) async throws(EngineError) -> Recorded<Int> {
    if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
    var purged = 0
    // What comes into the trash meanwhile was not meant.
    var end = try await surroundings.reading(owner) { try $0.trash(limit: 1).items.first.map { $0.row + 1 } }
    while let before = end {
      let entry = try await surroundings.reading(owner) { try $0.trash(before: before, limit: 1).items.first }
      end = entry?.row
      guard let entry else { break }
      // Entries that lie inside others go with them.
      if try await purge(entry.id, of: owner) { purged += 1 }
    }
    let count = purged
    return try await surroundings.writing(owner, recording) { _ in
      count
    } result: {
      $0
    }.recorded
  }

  /// False when it was gone already.
  private func purge(_ id: ULID, of owner: Owner) async throws(EngineError) -> Bool {
    let vault = try await surroundings.vault(of: owner)
    try await indexWaiting(of: owner)
    do throws(StoreError) {
      try await vault.write { try $0.purge(id) }
      await dropFiles(of: owner)
      return true
    } catch .notFound {
      return false
    } catch {
      throw EngineError(error)
    }
  }

  /// In small commits of its own: what a large chat left to be indexed would be indexed and taken out again in the purge's.
  private func indexWaiting(of owner: Owner) async throws(EngineError) {
    let vault = try await surroundings.vault(of: owner)
    do throws(StoreError) {
      _ = try await vault.indexWaiting(atMost: .max)
    } catch {
      throw EngineError(error)
    }
  }

  /// Removes what has lain there for its time, one entry a commit, so that others get their turn between.
  package func purgeExpired(of owner: Owner) async throws(EngineError) -> Int {
    let oldest = surroundings.wallClock.now() + (.zero - Self.lifetime)
    var purged = 0
    while let entry = try await surroundings.reading(
      owner,
      {
        try $0.expiredTrash(before: oldest, limit: 1).first?.id
      })
    {
      if try await purge(entry, of: owner) { purged += 1 }
    }
    if purged > 0 { log.notice("Old entries left the trash.", ["uid": owner, "entries": purged]) }
    return purged
  }
}

extension TrashEntry {
  init(_ stored: StoredTrash) {
    self.init(
      id: stored.id, kind: Kind(rawValue: stored.kind) ?? .companion, item: stored.item, title: stored.title,
      deletedAt: stored.at, purgeAt: stored.at + TrashDesk.lifetime)
  }
}
