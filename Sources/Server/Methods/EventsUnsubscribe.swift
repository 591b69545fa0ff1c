import Wire

extension Route {
  static var eventsUnsubscribe: Route {
    immediate(EventsUnsubscribe.self) { params, call in
      guard let session = call.session else { return Empty() }
      // What happened before this call still belongs to the subscription, as far as the peer reads it.
      session.serveEvents()
      guard session.events.remove(params.subscription) else {
        throw RPCError.notFound(kind: "subscription", id: params.subscription)
      }
      return Empty()
    }
  }
}
