import Base
import Posix
import Testing

@testable import Providers

@Suite struct SlotQueueTests {
  init() { Loop.start() }

  @Loop private final class Waiter {
    let name: String
    var ticket: SlotQueue.Ticket?
    init(_ name: String) { self.name = name }
  }

  @Loop private final class Desk {
    let queue: SlotQueue
    var served: [String] = []
    var preempted: [String] = []
    init(_ width: Int) { queue = SlotQueue(width: width) }

    func enter(_ name: String, tail: Bool = false, owner: UInt32 = 0) -> Waiter {
      let waiter = Waiter(name)
      waiter.ticket = queue.enter(
        QueuePlace(isTail: tail, owner: owner),
        ready: {
          waiter.ticket = $0
          self.served.append(name)
        },
        preempt: {
          self.preempted.append(name)
          waiter.ticket?.leave()
        })
      return waiter
    }
  }

  @Test @Loop func `replies go before tails that came first`() {
    let desk = Desk(1)
    let first = desk.enter("first")
    let tail = desk.enter("tail", tail: true)
    let reply = desk.enter("reply")
    first.ticket?.leave()
    reply.ticket?.leave()
    tail.ticket?.leave()
    #expect(desk.served == ["first", "reply", "tail"] && desk.preempted.isEmpty)
    #expect(desk.queue.runningCount == 0 && desk.queue.waitingCount == 0)
  }

  @Test @Loop func `a reply takes the place of the tail that began last, never of a reply`() {
    let desk = Desk(3)
    _ = desk.enter("tail 1", tail: true)
    _ = desk.enter("reply 1")
    _ = desk.enter("tail 2", tail: true)
    _ = desk.enter("reply 2")
    #expect(desk.preempted == ["tail 2"] && desk.served.last == "reply 2")
    _ = desk.enter("reply 3")
    _ = desk.enter("reply 4")
    #expect(
      desk.preempted == ["tail 2", "tail 1"] && desk.served.last == "reply 3" && desk.queue.waitingCount == 1)
    _ = desk.enter("tail 3", tail: true)
    #expect(desk.preempted.count == 2)
  }

  @Test @Loop func `places go round among owners`() {
    let desk = Desk(1)
    var waiters = [desk.enter("a1", owner: 1)]
    for number in 2...4 { waiters.append(desk.enter("a\(number)", owner: 1)) }
    waiters.append(desk.enter("b1", owner: 2))
    waiters.append(desk.enter("c1", owner: 3))
    waiters.append(desk.enter("b2", owner: 2))
    while let running = waiters.first(where: { $0.ticket?.isWaiting == false && desk.served.last == $0.name })
    {
      running.ticket?.leave()
      waiters.removeAll { $0 === running }
    }
    #expect(desk.served == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"])
  }

  @Test @Loop func `one who leaves while waiting is not served, and tells how many are before`() {
    let desk = Desk(1)
    let first = desk.enter("first")
    let second = desk.enter("second")
    let third = desk.enter("third")
    let tail = desk.enter("tail", tail: true)
    #expect(third.ticket.map { desk.queue.ahead(of: $0) } == 1)
    #expect(tail.ticket.map { desk.queue.ahead(of: $0) } == 2)
    second.ticket?.leave()
    second.ticket?.leave()
    first.ticket?.leave()
    #expect(desk.served == ["first", "third"])
  }
}

@Suite struct CircuitBreakerTests {
  @Test func `opens after several failures in a row, lets one try after a pause, and doubles it`() {
    var breaker = CircuitBreaker()
    for second in 0..<3 { breaker.failed(at: .seconds(second)) }
    #expect(!breaker.isOpen(at: .seconds(3)))
    breaker.failed(at: .seconds(3))
    #expect(breaker.isOpen(at: .milliseconds(17_999)) && !breaker.isOpen(at: .seconds(18)))
    breaker.failed(at: .seconds(20))
    #expect(breaker.isOpen(at: .milliseconds(49_999)) && !breaker.isOpen(at: .seconds(50)))
    #expect(breaker.remaining(at: .seconds(40)) == .seconds(10))
    breaker.succeeded()
    #expect(!breaker.isOpen(at: .seconds(41)))
    breaker.failed(at: .seconds(42))
    #expect(!breaker.isOpen(at: .seconds(42)))
  }

  @Test func `the pause has a limit, and a success between failures starts over`() {
    var breaker = CircuitBreaker()
    var now = Duration.zero
    for _ in 0..<40 {
      breaker.failed(at: now)
      now += breaker.remaining(at: now)
    }
    breaker.failed(at: now)
    #expect(breaker.remaining(at: now) == .seconds(300))
    var mixed = CircuitBreaker()
    for _ in 0..<10 {
      for _ in 0..<3 { mixed.failed(at: now) }
      mixed.succeeded()
    }
    #expect(!mixed.isOpen(at: now))
  }

  @Test func `waits double, vary, and are never shorter than asked for`() {
    let seed = UInt64.random(in: 0 ... .max)
    let random = RandomSource.seeded(seed)
    for attempt in 1...12 {
      let full = min(Duration.milliseconds(500) * (1 << (attempt - 1)), .seconds(20))
      let waits = (0..<50).map { _ in Backoff.wait(afterAttempt: attempt, asked: nil, random: random) }
      #expect(waits.allSatisfy { $0 >= full / 2 && $0 <= full }, "seed \(seed)")
      #expect(Set(waits).count > 10)
    }
    #expect(Backoff.wait(afterAttempt: 1, asked: .seconds(9), random: random) == .seconds(9))
  }
}
