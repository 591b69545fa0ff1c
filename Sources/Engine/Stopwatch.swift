/// How long something takes by a clock whose type is not known.
struct Stopwatch: Sendable {
  private let read: @Sendable () -> Duration

  init(_ clock: any Clock<Duration>) {
    func start<C: Clock<Duration>>(_ clock: C) -> @Sendable () -> Duration {
      let begun = clock.now
      return { begun.duration(to: clock.now) }
    }
    read = start(clock)
  }

  func elapsed() -> Duration { read() }
}
