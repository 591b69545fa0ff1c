import Engine
import Wire

extension Route {
  static var companionUpdate: Route {
    writing(CompanionUpdate.self) { params, keyed, call in
      let (owner, origin) = (call.identity.owner, call.origin)
      var change = CompanionChange()
      change.persona = params.persona
      change.handle = params.handle
      change.tagline = params.tagline
      change.tags = params.tags
      change.roleplay = params.roleplay
      change.version = params.version
      (change.portrait, change.header) = (params.portrait, params.header)
      try call.begin()
      let recorded = try await call.engine.companions.update(
        params.companion, change, ifRevision: params.ifRevision, of: owner,
        recording: keyed.recording { CompanionUpdate.Result(companion: $0) }, origin: origin)
      return recorded.map { .init(companion: $0) }
    }
  }
}
