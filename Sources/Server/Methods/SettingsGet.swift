import Engine
import Wire

extension Route {
  static let settingsGet = task(SettingsGet.self) { _, call async throws(RPCError) in
    let owner = call.identity.owner
    return .init(
      settings: try await call.engine { engine throws(EngineError) in try await engine.settings.read(of: owner) })
  }
}
