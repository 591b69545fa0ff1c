import Base
import CLinux
import Glibc
import Synchronization

/// The epoll thread as a serial executor.
///
/// Jobs from the loop's own thread go to a plain array, without a lock or a system call; jobs from elsewhere go through a lock and
/// wake the thread by eventfd only when nobody has yet. A turn: run jobs, run the before-wait hooks, wait, dispatch.
///
/// A task that begins here should also prefer it (`Loop.begin`): a continuation is resumed on the task's preferred
/// executor and only then goes to its actor's, so without one each wait would come back by way of a thread of the global pool.
public final class LoopExecutor: SerialExecutor, TaskExecutor {
  private let inbox = Lock<[UnownedJob]>([])
  private let thread = Atomic<UInt>(0)
  private let started = Atomic<Bool>(false)
  private let stopping = Atomic<Bool>(false)
  let epoll: Int32
  private let wake: Int32

  // Proof for nonisolated(unsafe): only the loop's thread touches these, which `enqueue` checks by `thread`
  // and `run` is by definition.
  nonisolated(unsafe) private var local: [UnownedJob] = []
  nonisolated(unsafe) private var running: [UnownedJob] = []

  init() {
    epoll = clinux_epoll_create()
    wake = clinux_eventfd()
    precondition(epoll >= 0 && wake >= 0, "the system gives no epoll or eventfd")
    let failed = clinux_epoll_ctl(epoll, EPOLL_CTL_ADD, wake, EPOLLIN.rawValue)
    precondition(failed == 0, "the eventfd could not be watched")
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent {
      unsafe local.append(job)
      return
    }
    let first = inbox.withLock { inbox in
      inbox.append(job)
      return inbox.count == 1
    }
    if first { clinux_eventfd_signal(wake) }
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    unsafe UnownedSerialExecutor(ordinary: self)
  }

  public func checkIsolated() { precondition(isCurrent, "not on the event loop") }
  public func isIsolatingCurrentContext() -> Bool? { isCurrent }
  /// Asked before the two above by every check outside a job, which is where handlers of descriptors run; finding it out costs more than
  /// all the rest of the check.
  public var isMainExecutor: Bool { false }

  private var isCurrent: Bool { thread.load(ordering: .relaxed) == currentThread() }

  func startOnThread() {
    guard !started.exchange(true, ordering: .acquiringAndReleasing) else { return }
    startThread { [self] in
      nameThread("loop", niceness: 0)
      turnUntilStopped()
    }
  }

  func run() {
    precondition(!started.exchange(true, ordering: .acquiringAndReleasing), "the loop already runs")
    turnUntilStopped()
  }

  func stop() {
    stopping.store(true, ordering: .releasing)
    clinux_eventfd_signal(wake)
  }

  private func turnUntilStopped() {
    thread.store(currentThread(), ordering: .releasing)
    let executor = unsafe asUnownedSerialExecutor()
    var events = [clinux_event](repeating: clinux_event(), count: 64)
    while !stopping.load(ordering: .acquiring) {
      unsafe runJobs(on: executor)
      let mayWait = unsafe Loop.assume { EventLoop.shared.beforeWait() } && local.isEmpty
      let count = unsafe events.withUnsafeMutableBufferPointer { buffer in
        unsafe buffer.baseAddress.map { unsafe clinux_epoll_wait(epoll, $0, 64, mayWait ? -1 : 0) } ?? 0
      }
      guard count > 0 else { continue }
      let wake = wake
      Loop.assume {
        for event in events.prefix(Int(count)) {
          if event.fd == wake { clinux_eventfd_drain(wake) } else { EventLoop.shared.dispatch(event) }
        }
        EventLoop.shared.endTurn()
      }
    }
    thread.store(0, ordering: .releasing)
  }

  /// Runs the job that was enqueued last, from the loop's own thread, inside whatever runs there now.
  func runNewest() {
    checkIsolated()
    guard let job = unsafe local.popLast() else { preconditionFailure("nothing was enqueued here") }
    unsafe job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
  }

  private func runJobs(on executor: UnownedSerialExecutor) {
    let arrived = inbox.withLock { inbox in
      let arrived = inbox
      if !arrived.isEmpty { inbox = [] }
      return arrived
    }
    let preferred = unsafe asUnownedTaskExecutor()
    unsafe local.append(contentsOf: arrived)
    // Jobs that jobs enqueue run in the same turn, but epoll gets its say after a while.
    var rounds = 0
    while unsafe !local.isEmpty, rounds < 64 {
      unsafe swap(&local, &running)
      for job in unsafe running {
        unsafe job.runSynchronously(isolatedTo: executor, taskExecutor: preferred)
      }
      unsafe running.removeAll(keepingCapacity: true)
      rounds += 1
    }
  }
}
