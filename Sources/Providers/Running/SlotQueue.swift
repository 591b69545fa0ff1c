/// Who waits for a place at a provider, and in which order they get one.
package struct QueuePlace: Sendable, Hashable {
  /// Replies go before tails; a reply takes a tail's place.
  package var isTail: Bool
  /// Places go round among owners, so that one who asks much does not shut out others.
  package var owner: UInt32

  package init(isTail: Bool = false, owner: UInt32 = 0) {
    self.isTail = isTail
    self.owner = owner
  }
}

/// The places of one provider.
@Loop
final class SlotQueue {
  /// A request's claim to a place, from `enter` until `leave`.
  @Loop
  final class Ticket {
    fileprivate enum State { case waiting, running, left }
    fileprivate let place: QueuePlace
    fileprivate var state = State.waiting
    fileprivate let ready: @Loop (Ticket) -> Void
    fileprivate let preempt: @Loop () -> Void
    private unowned let queue: SlotQueue

    fileprivate init(
      _ place: QueuePlace, _ queue: SlotQueue, ready: @escaping @Loop (Ticket) -> Void,
      preempt: @escaping @Loop () -> Void
    ) {
      self.place = place
      self.queue = queue
      self.ready = ready
      self.preempt = preempt
    }

    var isWaiting: Bool { state == .waiting }

    /// Gives the place, or the wait for one, back. Twice does nothing.
    func leave() {
      guard state != .left else { return }
      state = .left
      queue.left(self)
    }
  }

  private let width: Int
  private var running: [Ticket] = []
  private var waiting: [Ticket] = []
  /// When each owner was last given a place, by a counter.
  private var served: [UInt32: UInt64] = [:]
  private var counter: UInt64 = 0

  init(width: Int) { self.width = width }

  var runningCount: Int { running.count }
  var waitingCount: Int { waiting.count }

  /// Whether a request of that kind would get a place at once.
  func hasPlace(for place: QueuePlace) -> Bool {
    running.count < width || (!place.isTail && running.contains { $0.place.isTail })
  }

  /// Waits for a place. `ready` comes when there is one, perhaps before this returns; `preempt` comes when a tail has to give its place up: it must `leave`.
  func enter(
    _ place: QueuePlace, ready: @escaping @Loop (Ticket) -> Void, preempt: @escaping @Loop () -> Void
  ) -> Ticket {
    let ticket = Ticket(place, self, ready: ready, preempt: preempt)
    waiting.append(ticket)
    if !place.isTail, running.count >= width, let tail = running.last(where: { $0.place.isTail }) {
      tail.preempt()
      precondition(tail.state == .left, "a preempted tail keeps its place")
    }
    fill()
    return ticket
  }

  /// How many would be served before that one, as things stand.
  func ahead(of ticket: Ticket) -> Int {
    guard let index = waiting.firstIndex(where: { $0 === ticket }) else { return 0 }
    return waiting.enumerated().count { other in
      other.element !== ticket
        && (!other.element.place.isTail && ticket.place.isTail
          || other.element.place.isTail == ticket.place.isTail && other.offset < index)
    }
  }

  private func left(_ ticket: Ticket) {
    waiting.removeAll { $0 === ticket }
    running.removeAll { $0 === ticket }
    fill()
  }

  private func fill() {
    while running.count < width, let next = next() {
      waiting.removeAll { $0 === next }
      running.append(next)
      next.state = .running
      counter += 1
      served[next.place.owner] = counter
      if served.count > 1024 { served = [:] }
      next.ready(next)
    }
  }

  /// The owner who was served longest ago, and of theirs the one who came first.
  private func next() -> Ticket? {
    let replies = waiting.filter { !$0.place.isTail }
    let candidates = replies.isEmpty ? waiting : replies
    return candidates.enumerated().min { a, b in
      (served[a.element.place.owner] ?? 0, a.offset) < (served[b.element.place.owner] ?? 0, b.offset)
    }?.element
  }
}
