package import Base
package import Model
import Store

/// What an owner's turns have cost.
package actor UsageDesk {
  private let surroundings: Engine.Surroundings

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe surroundings.executor.asUnownedSerialExecutor()
  }

  init(_ surroundings: Engine.Surroundings) { self.surroundings = surroundings }

  package struct Summary: Sendable {
    package let sums: [UsageSum]
    /// Of all turns since then, also those that belong to none of the sums (work outside of chats, summed by chat).
    package let total: UsageSum
  }

  /// Days are whole: what happened earlier on the day of `since` counts too.
  package func summary(
    since: Timestamp?, by grouping: UsageGrouping, of owner: Owner
  ) async throws(EngineError) -> Summary {
    try await surroundings.reading(owner) { snapshot in
      var total = UsageSum(
        name: "total", turns: 0, usage: Usage(promptTokens: 0, completionTokens: 0, estimated: false))
      total.usage.cachedTokens = 0
      for day in try snapshot.usage(since: since, by: .day) {
        total.turns += day.turns
        total.usage.promptTokens += day.usage.promptTokens
        total.usage.completionTokens += day.usage.completionTokens
        total.usage.cachedTokens = (total.usage.cachedTokens ?? 0) + (day.usage.cachedTokens ?? 0)
        total.usage.estimated = total.usage.estimated || day.usage.estimated
      }
      return Summary(sums: try snapshot.usage(since: since, by: grouping), total: total)
    }
  }
}
