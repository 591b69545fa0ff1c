import Engine
import Wire

extension Route {
  static var companionGet: Route {
    task(CompanionGet.self) { params, call in
      let owner = call.identity.owner
      let found = try await call.doors.companions.get(params.companion, of: owner)
      return .init(companion: found.companion, version: found.version)
    }
  }
}
