package import HTTP

/// Time that stands until a test advances it.
@Loop
package final class ManualTiming {
  private struct Entry {
    let at: Duration
    let number: Int
    let action: @Loop () -> Void
  }

  package private(set) var now = Duration.zero
  private var entries: [Entry] = []
  private var counter = 0
  private var watchers: [(@Loop (Duration) -> Bool, Occurrence<Void>)] = []

  package init() {}

  package var timing: LoopTiming {
    LoopTiming(
      now: { [self] in now },
      after: { [self] delay, action in
        counter += 1
        let number = counter
        entries.append(Entry(at: now + delay, number: number, action: action))
        for (matches, occurrence) in watchers where matches(delay) { occurrence.happen() }
        return Alarm { [weak self] in self?.entries.removeAll { $0.number == number } }
      })
  }

  /// Alarms that are set, by what is left of each.
  package var pending: [Duration] { entries.map { $0.at - now }.sorted() }

  /// Happens as soon as an alarm is set whose delay matches.
  package func armed(where matches: @escaping @Loop (Duration) -> Bool) -> Occurrence<Void> {
    let occurrence = Occurrence<Void>()
    if entries.contains(where: { matches($0.at - now) }) { occurrence.happen() }
    watchers.append((matches, occurrence))
    return occurrence
  }

  /// Lets that much time pass, ringing each alarm at its own moment.
  package func advance(by duration: Duration) {
    let end = now + duration
    while let next = entries.filter({ $0.at <= end }).min(by: { ($0.at, $0.number) < ($1.at, $1.number) }) {
      entries.removeAll { $0.number == next.number }
      now = max(now, next.at)
      next.action()
    }
    now = end
  }
}
