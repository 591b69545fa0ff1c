import CLinux
import Glibc

/// The calling thread, as a number that only equals itself.
func currentThread() -> UInt { UInt(pthread_self()) }

func nameThread(_ name: String, niceness: Int32) {
  unsafe String(name.prefix(15)).withCString { name in unsafe clinux_name_thread(name) }
  // A refusal (a container without the right) only means ordinary priority.
  if niceness != 0 { _ = clinux_nice_thread(niceness) }
}

/// Starts a detached thread. All signals stay blocked in it: they belong to the loop's signalfd.
func startThread(_ body: @escaping @Sendable () -> Void) {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = unsafe Unmanaged.passRetained(Box(body)).toOpaque()
  var attributes = pthread_attr_t()
  unsafe pthread_attr_init(&attributes)
  unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  // SQLite and picture decoding need less; eight of these cost no memory until touched.
  unsafe pthread_attr_setstacksize(&attributes, 1 << 20)
  var thread = pthread_t()
  let failed = unsafe pthread_create(
    &thread, &attributes,
    { raw in
      guard let raw = unsafe raw else { return nil }
      let box = unsafe Unmanaged<Box>.fromOpaque(raw).takeRetainedValue()
      box.body()
      return nil
    }, box)
  unsafe pthread_attr_destroy(&attributes)
  precondition(failed == 0, "the system gives no more threads (error \(failed))")
}
