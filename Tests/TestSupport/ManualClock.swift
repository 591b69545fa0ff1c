import Base

/// Time that moves only when a test says so.
///
/// A sleeper registers before it waits, and a test can await that (`waitForSleepers`), so there is no race between "it sleeps now"
/// and "time moves on".
public final class ManualClock: Clock, Sendable {
  public struct Instant: InstantProtocol, Sendable {
    let offset: Duration
    public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    public func duration(to other: Instant) -> Duration { other.offset - offset }
    public static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
  }

  private struct Sleeper {
    let deadline: Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now = Instant(offset: .zero)
    var next = 0
    var sleepers: [Int: Sleeper] = [:]
    /// Cancelled before they registered.
    var cancelled: Set<Int> = []
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }
  private let state = Lock(State())

  public init() {}

  public var now: Instant { state.withLock { $0.now } }
  public var minimumResolution: Duration { .nanoseconds(1) }
  /// What has passed since the clock was made.
  public var elapsed: Duration { now.offset }

  public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let number = state.withLock { state in
      state.next += 1
      return state.next
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        register(number, Sleeper(deadline: deadline, continuation: continuation))
      }
    } onCancel: {
      let sleeper = state.withLock { state -> Sleeper? in
        if let sleeper = state.sleepers.removeValue(forKey: number) { return sleeper }
        state.cancelled.insert(number)
        return nil
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  private func register(_ number: Int, _ sleeper: Sleeper) {
    enum Fate { case sleeps, isDue, isCancelled }
    let (fate, watchers) = state.withLock { state -> (Fate, [CheckedContinuation<Void, Never>]) in
      if state.cancelled.remove(number) != nil { return (.isCancelled, []) }
      if sleeper.deadline <= state.now { return (.isDue, []) }
      state.sleepers[number] = sleeper
      let count = state.sleepers.count
      let satisfied = state.watchers.filter { $0.count <= count }.map(\.continuation)
      state.watchers.removeAll { $0.count <= count }
      return (.sleeps, satisfied)
    }
    switch fate {
    case .sleeps: break
    case .isDue: sleeper.continuation.resume()
    case .isCancelled: sleeper.continuation.resume(throwing: CancellationError())
    }
    for watcher in watchers { watcher.resume() }
  }

  /// Returns once at least so many sleep.
  public func waitForSleepers(_ count: Int = 1) async {
    await withCheckedContinuation { continuation in
      let isSo = state.withLock { state in
        if state.sleepers.count >= count { return true }
        state.watchers.append((count, continuation))
        return false
      }
      if isSo { continuation.resume() }
    }
  }

  /// Moves time on and wakes those whose time has come, the earliest first.
  public func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let now = state.now
      let due = state.sleepers.filter { $0.value.deadline <= now }
      for number in due.keys { state.sleepers[number] = nil }
      return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value)
    }
    for sleeper in due { sleeper.continuation.resume() }
  }

  /// Moves time on to the next sleeper's deadline and tells how far that was; nil when nobody sleeps.
  @discardableResult
  public func advanceToNext() -> Duration? {
    let step = state.withLock { state in
      state.sleepers.values.map(\.deadline).min().map { state.now.duration(to: $0) }
    }
    if let step { advance(by: step) }
    return step
  }

  public var sleepers: Int { state.withLock { $0.sleepers.count } }
}
