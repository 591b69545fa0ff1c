import Engine
import Model
import Wire

extension Route {
  static var usageSummary: Route {
    task(UsageSummaryRead.self) { params, call in
      let owner = call.identity.owner
      let summary = try await call.engine.usage.summary(
        since: params.since, by: params.by ?? .model, of: owner)
      return .init(usage: summary.sums, total: summary.total)
    }
  }
}
