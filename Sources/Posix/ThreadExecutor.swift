import Glibc
import Synchronization

/// A thread of its own that runs jobs in order: for blocking work (SQLite) that must not sit on a shared pool.
///
/// An actor that returns this from `unownedExecutor` runs there and nowhere else. The thread starts with the first job and
/// lives as long as the process; executors are made by the composition root, a handful for a lifetime.
public final class ThreadExecutor: SerialExecutor, TaskExecutor {
  private let name: String
  private let niceness: Int32
  private let inbox = JobInbox()
  private let thread = Atomic<UInt>(0)
  private let started = Atomic<Bool>(false)

  public init(name: String, niceness: Int32 = 0) {
    self.name = name
    self.niceness = niceness
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    inbox.append(UnownedJob(job))
    startIfNeeded()
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    unsafe UnownedSerialExecutor(ordinary: self)
  }

  public func isIsolatingCurrentContext() -> Bool? { thread.load(ordering: .acquiring) == currentThread() }

  public func checkIsolated() {
    precondition(thread.load(ordering: .acquiring) == currentThread(), "not on the thread \(name)")
  }

  private func startIfNeeded() {
    guard !started.exchange(true, ordering: .acquiringAndReleasing) else { return }
    startThread { [self] in
      thread.store(currentThread(), ordering: .releasing)
      nameThread(name, niceness: niceness)
      while true {
        for job in inbox.takeAll() {
          unsafe job.runSynchronously(
            isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
        }
      }
    }
  }
}

/// A few threads that take jobs from one queue: for work that needs only a processor (pictures, prompts).
public final class WorkerPool: TaskExecutor {
  private let name: String
  private let niceness: Int32
  private let width: Int
  private let inbox = JobInbox()
  private let started = Atomic<Bool>(false)

  public init(name: String, width: Int, niceness: Int32 = 0) {
    precondition(width > 0)
    self.name = name
    self.width = width
    self.niceness = niceness
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    inbox.append(UnownedJob(job))
    guard !started.exchange(true, ordering: .acquiringAndReleasing) else { return }
    for number in 1...width {
      startThread { [self] in
        nameThread("\(name)-\(number)", niceness: niceness)
        while true {
          let job = inbox.takeOne()
          unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
      }
    }
  }
}

/// Jobs handed from any thread to waiting ones.
private final class JobInbox: Sendable {
  // A condition variable belongs to its mutex, so both live here rather than in Base.Lock, which has none.
  @safe private struct Waiting: ~Copyable, @unchecked Sendable {
    // Proof for @unchecked: both are only passed to pthread calls, which are thread-safe by contract.
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    let filled = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  }
  private let waiting: Waiting
  // Proof for nonisolated(unsafe): touched only between lock and unlock of `waiting.mutex`.
  nonisolated(unsafe) private var jobs: [UnownedJob] = []

  init() {
    waiting = Waiting()
    unsafe pthread_mutex_init(waiting.mutex, nil)
    unsafe pthread_cond_init(waiting.filled, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(waiting.filled)
    unsafe pthread_mutex_destroy(waiting.mutex)
    unsafe waiting.filled.deallocate()
    unsafe waiting.mutex.deallocate()
  }

  func append(_ job: UnownedJob) {
    unsafe pthread_mutex_lock(waiting.mutex)
    unsafe jobs.append(job)
    unsafe pthread_cond_signal(waiting.filled)
    unsafe pthread_mutex_unlock(waiting.mutex)
  }

  /// Blocks until there is at least one.
  func takeAll() -> [UnownedJob] {
    unsafe pthread_mutex_lock(waiting.mutex)
    while unsafe jobs.isEmpty { unsafe pthread_cond_wait(waiting.filled, waiting.mutex) }
    let all = unsafe jobs
    unsafe jobs = []
    unsafe pthread_mutex_unlock(waiting.mutex)
    return all
  }

  func takeOne() -> UnownedJob {
    unsafe pthread_mutex_lock(waiting.mutex)
    while unsafe jobs.isEmpty { unsafe pthread_cond_wait(waiting.filled, waiting.mutex) }
    let job = unsafe jobs.removeFirst()
    unsafe pthread_mutex_unlock(waiting.mutex)
    return job
  }
}
