import Engine
import Wire

extension Route {
  static var storageOptimize: Route {
    task(StorageOptimize.self) { _, call in
      let owner = call.identity.owner
      try call.begin()
      return try await call.engine.upkeep.optimise(owner)
    }
  }
}
