import Engine
import Wire

extension Route {
  static var companionDelete: Route {
    writing(CompanionDelete.self) { params, keyed, call in
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      let recorded = try await call.engine.companions.delete(
        params.companion, ifRevision: params.ifRevision, of: owner,
        recording: keyed.recording { CompanionDelete.Result(trash: $0) }, origin: origin)
      return recorded.map { .init(trash: $0) }
    }
  }
}
