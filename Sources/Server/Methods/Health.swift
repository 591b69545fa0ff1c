import Base
import Engine
import Wire

extension Route {
  static let health = task(Health.self) { _, call async throws(RPCError) in
    let findings = await call.services.engine.upkeep.examine(call.identity.owner)
    return .init(
      checks: findings.map {
        .init(name: $0.name, ok: $0.ok, detail: $0.detail, latencyMs: $0.latency.map { $0.seconds * 1000 })
      })
  }
}
