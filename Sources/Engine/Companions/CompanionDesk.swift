package import Base
package import Model
import Store

/// An owner's companions: made, listed, found; `CompanionDesk+Editing` has what becomes of them.
package actor CompanionDesk {
  let surroundings: Engine.Surroundings
  let roleplay: RoleplayDesk

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe surroundings.executor.asUnownedSerialExecutor()
  }

  init(_ surroundings: Engine.Surroundings, roleplay: RoleplayDesk) {
    self.surroundings = surroundings
    self.roleplay = roleplay
  }

  /// Publishes version 1. Without a handle the name gives one, with a number behind it when it is taken.
  package func create(
    persona: Persona, handle: String?, tags: [String], header: ULID? = nil, of owner: Owner,
    recording: Recording<Companion>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Companion> {
    try PersonaRules.check(persona)
    if let handle { try check(handle: handle) }
    try check(tags: tags)
    var making = NewCompanionPlan(id: surroundings.ids.make(), persona: persona, handle: handle, tags: tags)
    making.header = header
    let plan = making
    let written = try await surroundings.writing(
      owner, recording, events: { [Event(owner: owner, .companionCreated($0), origin: origin)] }
    ) { transaction in
      if let header { try transaction.checkHeader(header) }
      return try plan.carryOut(transaction)
    } result: {
      $0
    }
    surroundings.announce()
    return written.recorded
  }

  package func list(
    of owner: Owner, query: String?, archived: Bool, cursor: String?, limit: Int
  ) async throws(EngineError) -> (items: [Companion], next: String?) {
    let before = try PageCursor.position(cursor)
    let page = try await surroundings.reading(owner) { snapshot in
      try snapshot.companions(query: query, archived: archived, before: before, limit: limit)
    }
    return (page.items, page.next.map { PageCursor.text($0) })
  }

  package func get(
    _ name: String, of owner: Owner
  ) async throws(EngineError) -> (companion: Companion, version: CompanionVersion) {
    let found = try await surroundings.reading(owner) { snapshot in
      let companion = try snapshot.companion(named: name)
      return CompanionAndVersion(
        companion: companion, version: try snapshot.version(companion.version, of: companion.id).shown)
    }
    return (found.companion, found.version)
  }

  private struct CompanionAndVersion: Sendable {
    let companion: Companion
    let version: CompanionVersion
  }
}
