import Wire

extension Route {
  static let eventsUnsubscribe = immediate(EventsUnsubscribe.self) { params, call throws(RPCError) in
    guard let session = call.session else { return Empty() }
    // What happened before this call still belongs to the subscription, as far as the peer reads it.
    session.serveEvents()
    guard session.events.remove(params.subscription) else {
      throw .notFound(kind: "subscription", id: params.subscription)
    }
    return Empty()
  }
}
