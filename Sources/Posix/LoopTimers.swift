import CLinux

/// A timer that has been started; cancelling it twice, or after it fired, does nothing.
@Loop
public final class LoopTimer {
  fileprivate let deadline: Int64
  fileprivate var action: (@Loop () -> Void)?

  fileprivate init(deadline: Int64, action: @escaping @Loop () -> Void) {
    self.deadline = deadline
    self.action = action
  }

  public func cancel() {
    guard action != nil else { return }
    action = nil
    EventLoop.shared.timers.oneWasCancelled()
  }
}

extension EventLoop {
  /// Runs `action` on the loop once the monotonic clock has advanced by `delay`.
  @discardableResult
  public func after(_ delay: Duration, _ action: @escaping @Loop () -> Void) -> LoopTimer {
    timers.start(at: clinux_monotonic_ns() + max(0, delay.nanoseconds), action)
  }
}

/// A heap of deadlines over one timerfd. No timer, no wake-up.
@Loop
final class LoopTimers {
  let descriptor: Int32
  private var heap: [LoopTimer] = []
  private var armedFor: Int64 = 0
  private var cancelled = 0

  init() {
    descriptor = clinux_timerfd()
    precondition(descriptor >= 0, "the system gives no timerfd")
  }

  func start(at deadline: Int64, _ action: @escaping @Loop () -> Void) -> LoopTimer {
    let timer = LoopTimer(deadline: deadline, action: action)
    heap.append(timer)
    siftUp(heap.count - 1)
    arm()
    return timer
  }

  /// Those that run, and cancelled ones that have not left yet.
  var count: Int { heap.count }

  /// Cancelled timers leave the heap when they reach its top, or all at once when they are the larger part.
  func oneWasCancelled() {
    cancelled += 1
    if cancelled > 64, cancelled * 2 > heap.count {
      heap.removeAll { $0.action == nil }
      heap.sort { $0.deadline < $1.deadline }
      cancelled = 0
    }
    while let first = heap.first, first.action == nil {
      removeFirst()
      cancelled -= 1
    }
    arm()
  }

  func fire() {
    clinux_eventfd_drain(descriptor)
    armedFor = 0
    let now = clinux_monotonic_ns()
    while let first = heap.first, first.deadline <= now || first.action == nil {
      removeFirst()
      if let action = first.action {
        first.action = nil
        action()
      } else {
        cancelled -= 1
      }
    }
    arm()
  }

  private func arm() {
    let next = heap.first?.deadline ?? 0
    guard next != armedFor else { return }
    armedFor = next
    let failed = clinux_timerfd_set(descriptor, next == 0 ? 0 : max(1, next))
    precondition(failed == 0, "the timerfd refuses a deadline")
  }

  private func removeFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    siftDown(0)
  }

  private func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].deadline < heap[parent].deadline else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private func siftDown(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child].deadline < heap[least].deadline { least = child }
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}

extension Duration {
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? .max / 2 : min(.max / 2, product + attoseconds / 1_000_000_000)
  }
}
