import Engine
import Wire

extension Route {
  static var companionArchive: Route {
    writing(CompanionArchive.self) { params, keyed, call in
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      let recorded = try await call.engine.companions.archive(
        params.companion, params.archived ?? true, of: owner,
        recording: keyed.recording { CompanionArchive.Result(companion: $0) }, origin: origin)
      return recorded.map { .init(companion: $0) }
    }
  }
}
