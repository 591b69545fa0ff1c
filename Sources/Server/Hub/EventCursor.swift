import Base
import Model
import Posix
import Wire

/// A connection's place in its owner's events, for all its subscriptions together: each event goes out once, in order.
@Loop
struct EventCursor {
  private var subscriptions: [Subscription] = []

  var isEmpty: Bool { subscriptions.isEmpty }
  var count: Int { subscriptions.count }

  mutating func add(_ subscription: Subscription) { subscriptions.append(subscription) }

  /// False when there is none of that name.
  mutating func remove(_ id: String) -> Bool {
    let before = subscriptions.count
    subscriptions.removeAll { $0.id == id }
    return subscriptions.count < before
  }

  /// What comes next for this connection, if anything may: `gate` holds back what a call still unanswered has caused.
  func next(in ring: EventRing, gate: (Origin) -> Bool) -> Step? {
    // Nearly everybody has one, which needs none of the bookkeeping for several; it is half the daemon's own part in telling many.
    if subscriptions.count == 1 {
      return next(of: subscriptions[0], in: ring, gate: gate)
    }
    let active = subscriptions.filter(\.isActive)
    guard var position = active.map(\.next).min(), position <= ring.seq else { return nil }
    if position <= ring.evicted {
      for subscription in active { subscription.next = max(subscription.next, ring.evicted + 1) }
      return .lost(from: position, to: ring.evicted)
    }
    while let entry = ring.entry(from: position) {
      if let origin = entry.origin, gate(origin) { return nil }
      position = entry.seq + 1
      var due = false
      var served = false
      for subscription in active where subscription.from <= entry.seq {
        let wants = (subscription.next <= entry.seq || !served) && subscription.wants(entry.about)
        if subscription.next <= entry.seq { due = due || wants } else { served = served || wants }
      }
      for subscription in active { subscription.next = max(subscription.next, position) }
      if due, !served { return .event(entry.line) }
    }
    for subscription in active { subscription.next = max(subscription.next, ring.seq + 1) }
    return nil
  }

  private func next(of only: Subscription, in ring: EventRing, gate: (Origin) -> Bool) -> Step? {
    guard only.isActive, only.next <= ring.seq else { return nil }
    if only.next <= ring.evicted {
      let from = only.next
      only.next = ring.evicted + 1
      return .lost(from: from, to: ring.evicted)
    }
    while let entry = ring.entry(from: only.next) {
      if let origin = entry.origin, gate(origin) { return nil }
      only.next = entry.seq + 1
      if only.wants(entry.about) { return .event(entry.line) }
    }
    only.next = ring.seq + 1
    return nil
  }

  enum Step {
    case event([UInt8])
    case lost(from: UInt64, to: UInt64)
  }
}
