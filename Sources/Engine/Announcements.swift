import Base
import Model

/// Events on their way from the writer to those who listen, kept in the order of the commits that made them true.
///
/// The writer's thread adds while it answers; the callers it answers may wake in any order, and whoever wakes first tells
/// all that is there. A listener who is sent only the newest of a state's events would otherwise be left with an older one.
final class Announcements: Sendable {
  private let pending = Lock<[Event]>([])

  /// On the writer's thread, before the caller is answered.
  func add(_ events: [Event]) {
    if !events.isEmpty { pending.withLock { $0 += events } }
  }

  /// On the executor that `publish` belongs to; no two at a time, then.
  func tell(_ publish: (Event) -> Void) {
    let events = pending.withLock { pending in
      defer { pending = [] }
      return pending
    }
    for event in events { publish(event) }
  }
}
