import Engine
import Wire

extension Route {
  static var companionVersion: Route {
    task(CompanionVersionGet.self) { params, call in
      let owner = call.identity.owner
      let version = try await call.engine.companions.version(
        params.version, of: params.companion, owner: owner)
      return .init(version: version)
    }
  }
}
