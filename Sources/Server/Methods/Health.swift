import Base
import Engine
import Wire

extension Route {
  static var health: Route {
    task(Health.self) { _, call in
      let findings = await call.engine.upkeep.examine(call.identity.owner)
      return .init(
        checks: findings.map {
          .init(name: $0.name, ok: $0.ok, detail: $0.detail, latencyMs: $0.latency.map { $0.seconds * 1000 })
        })
    }
  }
}
