import Engine
import Wire

extension Route {
  static let storageStats = task(StorageStatsRead.self) { _, call async throws(RPCError) in
    let owner = call.identity.owner
    return try await call.engine { engine throws(EngineError) in try await engine.upkeep.stats(of: owner) }
  }
}
