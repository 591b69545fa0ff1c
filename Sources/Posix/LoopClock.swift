import Base
import CLinux

/// The monotonic clock whose sleeps are timers of the loop. The only clock a daemon's rooms are given.
public struct LoopClock: Clock, Sendable {
  public struct Instant: InstantProtocol, Sendable {
    let nanoseconds: Int64
    public func advanced(by duration: Duration) -> Instant {
      Instant(nanoseconds: nanoseconds + duration.nanoseconds)
    }
    public func duration(to other: Instant) -> Duration {
      .nanoseconds(other.nanoseconds - nanoseconds)
    }
    public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
  }

  public init() {}

  public var now: Instant { Instant(nanoseconds: clinux_monotonic_ns()) }
  public var minimumResolution: Duration { .nanoseconds(1) }

  /// Callable from any isolation; throws `CancellationError` as soon as the task is cancelled.
  public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let sleeper = Sleeper()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        guard sleeper.begin(continuation) else { return }
        Loop.perform { sleeper.arm(for: Instant(nanoseconds: clinux_monotonic_ns()).duration(to: deadline)) }
      }
    } onCancel: {
      sleeper.cancel()
    }
  }
}

/// One sleep: resumed once, by its timer or by cancellation, whichever comes first on whatever thread.
private final class Sleeper: Sendable {
  private enum State {
    case idle
    case waiting(CheckedContinuation<Void, any Error>, LoopTimer?)
    case over
  }
  private let state = Lock(State.idle)

  /// False when the task was cancelled before it slept.
  func begin(_ continuation: CheckedContinuation<Void, any Error>) -> Bool {
    let waits = state.withLock { state in
      if case .over = state { return false }
      state = .waiting(continuation, nil)
      return true
    }
    if !waits { continuation.resume(throwing: CancellationError()) }
    return waits
  }

  @Loop func arm(for duration: Duration) {
    let timer = EventLoop.shared.after(duration) { self.end()?.continuation.resume() }
    let waits = state.withLock { state in
      guard case .waiting(let continuation, _) = state else { return false }
      state = .waiting(continuation, timer)
      return true
    }
    // Cancelled on its way here.
    if !waits { timer.cancel() }
  }

  func cancel() {
    guard let (continuation, timer) = end() else { return }
    continuation.resume(throwing: CancellationError())
    // A long sleep that was given up leaves nothing behind.
    if let timer { Loop.perform { timer.cancel() } }
  }

  private func end() -> (continuation: CheckedContinuation<Void, any Error>, timer: LoopTimer?)? {
    state.withLock { state in
      defer { state = .over }
      if case .waiting(let continuation, let timer) = state { return (continuation, timer) }
      return nil
    }
  }
}
