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
  let streams = StreamRegistry()
  /// Called when there is something new, with the chat it is about; the server serves its sessions then.
  var onEvent: (@Loop (Owner, ULID?) -> Void)?

  package init(limits: Limits) { self.limits = limits }

  package func publish(_ event: Event) {
    var translated = TranslatedEvent(event)
    translated.about.news = event.subject.news
    let seq = append(translated, origin: event.origin, to: event.owner)
    if let news = translated.about.news { streams.note(event.subject, news, at: seq) }
  }

  /// Tells every owner who has been here something about the daemon itself.
  package func announce<T: Topic>(_ topic: T.Type, _ payload: T.Payload) {
    let event = TranslatedEvent(topic, payload, about: "")
    for owner in rings.keys { append(event, origin: nil, to: owner) }
  }

  @discardableResult
  private func append(_ event: TranslatedEvent, origin: Origin?, to owner: Owner) -> UInt64 {
    defer { onEvent?(owner, event.about.chat) }
    return ring(of: owner).append(event, origin: origin)
  }

  /// Keeps the events of the past in as little memory as they need; `connected` tells of an owner whether anybody is.
  package func pack(connected: (Owner) -> Bool) {
    for (owner, ring) in rings { ring.pack(connected: connected(owner)) }
  }

  func ring(of owner: Owner) -> EventRing {
    if let ring = rings[owner] { return ring }
    let ring = EventRing(limits: limits)
    rings[owner] = ring
    return ring
  }
}
