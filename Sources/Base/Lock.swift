import Glibc

/// A value that may be touched by one thread at a time.
///
/// The project's only lock. It is a pthread mutex rather than `Synchronization.Mutex` because
/// ThreadSanitizer does not see the latter's locking and reports races that are none: a sanitizer whose
/// reports must be argued away is worth nothing. The uncontended cost is about 20 ns.
///
/// Never call out (to a sink, a closure of a peer, another lock) while holding it.
@safe public final class Lock<Value>: @unchecked Sendable {
  // Proof for @unchecked: `value` is only reached through `withLock`, between lock and unlock.
  private var value: Value
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  public init(_ value: sending Value) {
    self.value = value
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    let failed = unsafe pthread_mutex_init(mutex, nil)
    precondition(failed == 0, "a mutex could not be made")
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deinitialize(count: 1)
    unsafe mutex.deallocate()
  }

  public func withLock<Answer, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Answer
  ) throws(Failure) -> Answer {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
