import Base
import FoundationEssentials
package import Model
import Store

/// An owner's settings: read, changed, and told to who listens.
package actor SettingsDesk {
  private let surroundings: Engine.Surroundings

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe surroundings.executor.asUnownedSerialExecutor()
  }

  init(_ surroundings: Engine.Surroundings) { self.surroundings = surroundings }

  package func read(of owner: Owner) async throws(EngineError) -> Settings {
    try await surroundings.reading(owner) { snapshot in try snapshot.settings() }
  }

  /// Durable when it returns; `settings.changed` is published then, unless nothing changed or the call was a replay.
  package func apply(
    _ patch: SettingsPatch, of owner: Owner, ifRevision: Int64?, recording: Recording<Settings>?,
    origin: Origin
  ) async throws(EngineError) -> Recorded<Settings> {
    if case .set(let user) = patch.user { try check(user) }
    if case .set(let defaults) = patch.defaults {
      try ChatSettingsRules.check(defaults, at: "defaults", limits: surroundings.limits)
    }
    let written = try await surroundings.writing(
      owner, recording,
      events: { applied in
        applied.members.isEmpty
          ? []
          : [
            Event(owner: owner, .settingsChanged(applied.settings, changed: applied.members), origin: origin)
          ]
      }
    ) { transaction in
      try transaction.apply(patch, ifRevision: ifRevision)
    } result: {
      $0.settings
    }
    surroundings.announce()
    return written.recorded
  }

  private func check(_ user: UserPersona) throws(EngineError) {
    try ChatSettingsRules.check(user, at: "user")
    let limit = surroundings.limits.maxSettingBytes
    guard let bytes = try? JSONEncoder().encode(user) else {
      throw .invalid(path: "user", expected: "text that JSON can carry")
    }
    if bytes.count > limit { throw .tooLarge(what: "params.user", limit: Int64(limit)) }
  }
}
