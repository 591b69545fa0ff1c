import Engine
import Wire

extension Route {
  static var storageCheck: Route {
    task(StorageCheck.self) { params, call in
      let owner = call.identity.owner
      // A repair is an effect: from here on it is not taken back.
      if params.repair == true { try call.begin() }
      return try await call.engine.upkeep.check(owner, repair: params.repair ?? false)
    }
  }
}
