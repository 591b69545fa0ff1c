import Base
import FoundationEssentials
import Model
import Wire

/// What a session knows of events: what to be told of, and up to where it has been.
struct EventFeed: Sendable {
  struct Kept: Sendable {
    let token: SubscriptionToken
    let interest: Interest
    /// The daemon's name for it on this connection.
    var name: String?
    /// It stood once, so its owner has been told and relies on it.
    var wasTold = false
  }

  var kept: [Kept] = []
  var boot: String?
  /// The last event before which none is missing.
  var position: Int64?
  /// The last `change` before which nothing is unknown; where `sync.changes` begins.
  var change: Int64?

  /// Subscriptions whose restoration the daemon has not answered yet.
  var restoring: Set<SubscriptionToken> = []
  /// While events are being replayed: those that came already. Several subscriptions are replayed one after the other, and the
  /// connection may end in between: then everything since `position` comes once more.
  var replayed: Set<Int64>?
  var replayEnds: Int64 = 0

  /// Events were missed and `sync.changes` has not told everything yet.
  var owesChanges = false
  var isSyncing = false
  /// More were missed while the list was under way, which may have been drawn up before them.
  var missedMore = false

  mutating func connectionLost() {
    restoring = []
    isSyncing = false
    for index in kept.indices { kept[index].name = nil }
  }
}

extension ClientSession {
  // MARK: Subscribing

  mutating func restoreAll(restarted: Bool, _ actions: inout [Action]) {
    let relies = feed.kept.contains(where: \.wasTold)
    if restarted {
      feed.position = nil
      feed.replayed = nil
      feed.replayEnds = 0
      if relies { miss(&actions) }
    } else if relies, feed.position != nil {
      feed.replayed = feed.replayed ?? []
    }
    feed.boot = greeting?.boot
    for index in feed.kept.indices { restore(index, &actions) }
    syncIfOwed(&actions)
  }

  /// Sends one subscription, from where events were left off when it stood before.
  mutating func restore(_ index: Int, _ actions: inout [Action]) {
    let kept = feed.kept[index]
    var since = kept.interest.params.since
    if kept.wasTold {
      since = nil
      if let boot = feed.boot, let position = feed.position { since = .init(boot: boot, seq: position) }
    }
    feed.restoring.insert(kept.token)
    sendInternal(
      EventsSubscribe.self, kept.interest.params(since: since), as: .subscribe(kept.token), &actions)
  }

  mutating func subscribed(
    _ token: SubscriptionToken, _ outcome: Swift.Result<Data, RPCError>, _ actions: inout [Action]
  ) {
    feed.restoring.remove(token)
    switch outcome {
    case .failure(let error):
      // The next connection tries again; the daemon is on its way out.
      if error.code == .stopping { break }
      if let index = feed.kept.firstIndex(where: { $0.token == token }) {
        feed.kept.remove(at: index)
        actions.append(.news(.refused(token, error)))
      }
    case .success(let json):
      guard let result = decode(json, as: EventsSubscribe.self, &actions) else { return }
      guard let index = feed.kept.firstIndex(where: { $0.token == token }) else {
        // Unsubscribed while this was under way.
        let params = EventsUnsubscribe.Params(subscription: result.subscription)
        sendInternal(EventsUnsubscribe.self, params, as: .aside, &actions)
        break
      }
      stands(index, result, &actions)
    }
    if feed.restoring.isEmpty { endReplayIfDone() }
    syncIfOwed(&actions)
  }

  private mutating func stands(
    _ index: Int, _ result: EventsSubscribe.Result, _ actions: inout [Action]
  ) {
    feed.kept[index].name = result.subscription
    feed.replayEnds = max(feed.replayEnds, result.seq)
    let isNew = !feed.kept[index].wasTold
    feed.kept[index].wasTold = true
    if isNew { actions.append(.news(.subscribed(feed.kept[index].token, result))) }
    // Where the first subscription begins, nothing is missing before. A later one must not move the position: events of
    // an earlier one may still be on their way. One that asked for a replay begins where that began.
    let asked = isNew ? feed.kept[index].interest.params.since?.seq : nil
    feed.position = feed.position ?? (result.missed ? nil : asked) ?? result.seq
    feed.change = feed.change ?? result.change
    if result.missed { miss(&actions) }
  }

  // MARK: Events

  /// The driver had to throw away events that nobody fetched: as when the daemon had lost them.
  public mutating func droppedEvents() -> [Action] {
    guard phase == .ready else { return [] }
    var actions: [Action] = []
    miss(&actions)
    syncIfOwed(&actions)
    return actions
  }

  mutating func eventCame(_ event: EventNotification.Params, _ actions: inout [Action]) {
    if feed.replayed != nil {
      guard feed.replayed?.insert(event.seq).inserted == true else { return }
      endReplayIfDone(at: event.seq)
    } else {
      feed.position = max(feed.position ?? event.seq, event.seq)
    }
    actions.append(.news(.event(event)))
    if event.topic == ServerLost.name {
      miss(&actions)
      syncIfOwed(&actions)
    } else if !feed.owesChanges, feed.replayed == nil, let change = event.data.newestChange {
      feed.change = max(feed.change ?? change, change)
    }
  }

  /// The replay is over when every subscription stands and an event from behind it has come, or there was nothing to replay.
  private mutating func endReplayIfDone(at seq: Int64? = nil) {
    guard let replayed = feed.replayed, feed.restoring.isEmpty, let position = feed.position else { return }
    let isBehind = seq.map { $0 > feed.replayEnds } ?? (feed.replayEnds <= position)
    // More than the daemon's ring can hold is no replay.
    guard isBehind || replayed.count > 2 * (greeting?.limits.eventRing ?? 0) else { return }
    feed.position = max(position, replayed.max() ?? position)
    feed.replayed = nil
  }

  // MARK: What changed meanwhile

  private mutating func miss(_ actions: inout [Action]) {
    if feed.isSyncing { feed.missedMore = true }
    if !feed.owesChanges { actions.append(.news(.missed)) }
    feed.owesChanges = true
  }

  /// Asks only once all subscriptions stand, so that nothing falls between the list and the events.
  private mutating func syncIfOwed(_ actions: inout [Action]) {
    guard phase == .ready, feed.owesChanges, !feed.isSyncing, feed.restoring.isEmpty else { return }
    feed.isSyncing = true
    sendInternal(SyncChanges.self, SyncChanges.Params(since: feed.change ?? 0), as: .sync, &actions)
  }

  mutating func synced(_ outcome: Swift.Result<Data, RPCError>, _ actions: inout [Action]) {
    feed.isSyncing = false
    switch outcome {
    case .failure(let error):
      if error.code == .stopping { return }
      feed.owesChanges = false
      actions.append(.news(.changesUnknown(error)))
    case .success(let json):
      guard let page = decode(json, as: SyncChanges.self, &actions) else { return }
      if let next = page.next, next <= feed.change ?? 0 {
        fail(.nonsense(method: SyncChanges.name, detail: "next does not move on"), &actions)
        return
      }
      feed.change = max(feed.change ?? 0, page.next ?? page.latest)
      feed.owesChanges = page.next != nil || feed.missedMore
      if page.next == nil { feed.missedMore = false }
      actions.append(.news(.changes(page.items, isLast: !feed.owesChanges)))
      syncIfOwed(&actions)
    }
  }
}

extension JSONValue {
  /// The newest `change` of the rows in an event's data: its own, or that of a member that holds the object.
  fileprivate var newestChange: Int64? {
    guard let members = object else { return nil }
    return members.values.reduce(self["change"]?.integer) { newest, member in
      guard let change = member["change"]?.integer else { return newest }
      return max(newest ?? change, change)
    }
  }
}
