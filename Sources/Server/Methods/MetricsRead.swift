import Wire

extension Route {
  static let metrics = immediate(MetricsRead.self) { _, call in .init(text: call.server.metrics.openMetrics()) }
}
