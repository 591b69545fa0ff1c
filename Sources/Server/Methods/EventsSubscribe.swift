import Base
import Engine
import Wire

extension Route {
  static var eventsSubscribe: Route {
    task(EventsSubscribe.self) { params, call in
      let limits = call.server.limits
      guard !params.topics.isEmpty else {
        throw RPCError.invalidParams(
          path: "params.topics", expected: "at least one prefix; [\"\"] is everything")
      }
      let filters = params.topics.count + (params.chats?.count ?? 0) + (params.companions?.count ?? 0)
      guard filters <= limits.maxSubscriptionFilters else {
        throw RPCError.tooLarge(
          "A subscription", limit: Int64(limits.maxSubscriptionFilters), unit: "filters")
      }
      if let long = params.topics.firstIndex(where: { $0.utf8.count > 128 }) {
        throw RPCError.invalidParams(
          path: "params.topics[\(long)]", expected: "a prefix of at most 128 bytes")
      }
      let owner = call.identity.owner
      // The place first: what is committed while the number is read is an event behind it, or counted in the number, or both.
      guard let place = call.session?.ring.seq else { throw RPCError.cancelled }
      let change = try await call.engine.upkeep.latestChange(of: owner)
      try call.begin()
      guard let session = call.session else { throw RPCError.cancelled }
      guard session.events.count < limits.maxSubscriptions else {
        throw RPCError.tooLarge("A connection", limit: Int64(limits.maxSubscriptions), unit: "subscriptions")
      }
      let ring = session.ring
      var from = max(place, ring.evicted) + 1
      var missed = place < ring.evicted
      if let since = params.since {
        if since.boot == call.services.boot, since.seq >= 0, since.seq <= Int64(ring.seq) {
          missed = UInt64(since.seq) < ring.evicted
          from = max(UInt64(since.seq), ring.evicted) + 1
        } else {
          missed = true
        }
      }
      let name = "s\(session.nextSubscription)"
      session.nextSubscription += 1
      let subscription = Subscription(
        id: name, topics: params.topics, chats: params.chats, companions: params.companions, from: from)
      session.events.add(subscription)
      call.afterReply = {
        subscription.isActive = true
        session.flushSoon()
      }
      return .init(
        subscription: name, boot: call.services.boot, seq: Int64(max(place, ring.evicted)), change: change,
        missed: missed)
    }
  }
}
