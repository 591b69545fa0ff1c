import Client
import Wire

extension Commands {
  static let metrics = CommandSpec(
    name: "metrics",
    summary: "The daemon's measurements as OpenMetrics text",
    examples: [
      .init("companionctl metrics > /var/lib/node_exporter/companion.prom", "For node_exporter."),
      .init("companionctl metrics | grep calls", "For the eye."),
    ]
  ) { invocation in
    guard let metrics = try invocation.ask(MetricsRead.self) else { return .done }
    invocation.out.foreign(metrics.text)
    return .done
  }
}
