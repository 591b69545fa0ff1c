package import Base
package import Model
package import Posix
package import Wire

/// The events of all owners. Publishing only writes them down; connections are served once a turn, before the loop waits, so a
/// burst goes to each in one write.
@Loop
package final class Hub {
  private let limits: Limits
  private var rings: [Owner: EventRing] = [:]
  /// Called when there is something new; the server serves its sessions then.
  var onEvent: (@Loop (Owner) -> Void)?

  package init(limits: Limits) { self.limits = limits }

  package func publish(_ event: Event) {
    append(TranslatedEvent(event), origin: event.origin, to: event.owner)
  }

  /// Tells every owner who has been here something about the daemon itself.
  package func announce<T: Topic>(_ topic: T.Type, _ payload: T.Payload) {
    let event = TranslatedEvent(topic, payload, about: "")
    for owner in rings.keys { append(event, origin: nil, to: owner) }
  }

  private func append(_ event: TranslatedEvent, origin: Origin?, to owner: Owner) {
    ring(of: owner).append(event, origin: origin)
    onEvent?(owner)
  }

  func ring(of owner: Owner) -> EventRing {
    if let ring = rings[owner] { return ring }
    let ring = EventRing(limits: limits)
    rings[owner] = ring
    return ring
  }
}
