import Base
import Engine
import Wire

extension Route {
  static var syncChanges: Route {
    task(SyncChanges.self) { params, call in
      let (owner, limits) = (call.identity.owner, call.server.limits)
      guard params.since >= 0 else {
        throw RPCError.invalidParams(path: "params.since", expected: "0 or a change seen before")
      }
      let limit = try limits.page(params.limit)
      return try await call.engine.upkeep.changes(of: owner, since: params.since, limit: limit)
    }
  }
}
