import Engine
import Wire

extension Route {
  static var settingsGet: Route {
    task(SettingsGet.self) { _, call in
      .init(settings: try await call.engine.settings.read(of: call.identity.owner))
    }
  }
}
