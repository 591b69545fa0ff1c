import Base

/// News that wait to be fetched, with a notion of what they weigh.
struct HeldNews {
  private var waiting: [(news: News, bytes: Int)] = []
  private var taken = 0
  private(set) var bytes = 0
  /// Bytes that have come since the last news: their weight, as near as a driver can know it.
  private var unaccounted = 0

  var count: Int { waiting.count - taken }

  mutating func arriving(_ count: Int) { unaccounted += count }

  mutating func append(_ news: News) {
    waiting.append((news, unaccounted))
    bytes += unaccounted
    unaccounted = 0
  }

  mutating func next() -> News? {
    guard taken < waiting.count else { return nil }
    let (news, weight) = waiting[taken]
    taken += 1
    bytes -= weight
    if taken == waiting.count || taken > 1024 {
      waiting.removeFirst(taken)
      taken = 0
    }
    return news
  }

  /// Answers whose streams are told incompletely now.
  @discardableResult
  mutating func removeAll() -> Set<ULID> {
    var turns: Set<ULID> = []
    for (news, _) in waiting[taken...] {
      if case .stream(let stream) = news { turns.insert(stream.turn) }
    }
    waiting = []
    taken = 0
    bytes = 0
    return turns
  }
}
