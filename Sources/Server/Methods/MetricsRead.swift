import Base
import Wire

extension Route {
  static var metrics: Route {
    immediate(MetricsRead.self) { _, call in .init(text: call.server.metrics.openMetrics()) }
  }
}
