import Posix

/// Time as loop code needs it: a monotonic reading, and a call after a while. Handed in, so that a test advances it by hand and a
/// daemon's timers all hang on its one timerfd.
package struct LoopTiming: Sendable {
  /// Since some fixed moment; only differences mean anything.
  package let now: @Loop @Sendable () -> Duration
  /// Calls once, never from within `after` itself; the answer takes it back.
  package let after: @Loop @Sendable (Duration, @escaping @Loop () -> Void) -> Alarm

  package init(
    now: @escaping @Loop @Sendable () -> Duration,
    after: @escaping @Loop @Sendable (Duration, @escaping @Loop () -> Void) -> Alarm
  ) {
    self.now = now
    self.after = after
  }

  package static let system = LoopTiming(
    now: { origin.duration(to: LoopClock().now) },
    after: { delay, action in
      let timer = EventLoop.shared.after(delay, action)
      return Alarm { timer.cancel() }
    })
}

private let origin = LoopClock().now

/// A call that is still to come. Taking it back twice, or after it came, does nothing; forgetting it leaves it in force.
package struct Alarm {
  private let takeBack: @Loop () -> Void

  package init(takeBack: @escaping @Loop () -> Void) { self.takeBack = takeBack }

  @Loop package func cancel() { takeBack() }
}
