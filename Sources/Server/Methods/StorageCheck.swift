import Engine
import Wire

extension Route {
  static let storageCheck = task(StorageCheck.self) { params, call async throws(RPCError) in
    let owner = call.identity.owner
    // A repair is an effect: from here on it is not taken back.
    if params.repair == true { try call.begin() }
    return try await call.engine { engine throws(EngineError) in
      try await engine.upkeep.check(owner, repair: params.repair ?? false)
    }
  }
}
