import Engine
import Wire

extension Route {
  static var companionPublish: Route {
    writing(CompanionPublish.self) { params, keyed, call in
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      let recorded = try await call.engine.companions.publish(
        params.companion, note: params.note, of: owner,
        recording: keyed.recording { CompanionPublish.Result(companion: $0.companion, version: $0.version) },
        origin: origin)
      return recorded.map { .init(companion: $0.companion, version: $0.version) }
    }
  }
}
