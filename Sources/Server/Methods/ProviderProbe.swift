import Base
import Engine
import Wire

extension Route {
  static var providerProbe: Route {
    task(ProviderProbe.self) { _, call in
      let found = await call.engine.models.probe()
      return .init(
        found: found.map { server in
          .init(
            kind: server.kind, url: server.url, models: server.models,
            latencyMs: (server.latency.seconds * 10_000).rounded() / 10)
        })
    }
  }
}
