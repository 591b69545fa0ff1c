import Engine
import Wire

extension Route {
  static var settingsSet: Route {
    writing(SettingsSet.self) { params, keyed, call in
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      let recorded = try await call.engine.settings.apply(
        params.patch, of: owner, ifRevision: params.ifRevision,
        recording: keyed.recording { SettingsSet.Result(settings: $0) }, origin: origin)
      return recorded.map { .init(settings: $0) }
    }
  }
}
