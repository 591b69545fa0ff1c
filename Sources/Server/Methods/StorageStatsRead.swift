import Engine
import Wire

extension Route {
  static var storageStats: Route {
    task(StorageStatsRead.self) { _, call in
      let owner = call.identity.owner
      return try await call.engine.upkeep.stats(of: owner)
    }
  }
}
