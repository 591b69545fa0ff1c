/// The event loop's isolation: everything marked `@Loop` runs on one epoll thread.
///
/// Sessions, the hub, cursors, and curl's transfers live here, so a token goes from a provider's socket to every listener's
/// socket without changing threads. Handlers are synchronous where they can be; nothing here may block.
///
/// One loop a process. A daemon calls `Loop.run()` on its main thread; a test or a client calls `Loop.start()`.
@globalActor public actor Loop {
  public static let shared = Loop()
  public static let executor = LoopExecutor()

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe Loop.executor.asUnownedSerialExecutor()
  }

  /// Runs `body` as loop code, from a synchronous place that is known to be on the loop: a C callback, an epoll handler.
  /// Traps elsewhere.
  public static func assume<Answer>(_ body: @Loop () throws -> Answer) rethrows -> Answer {
    executor.checkIsolated()
    // The same step the standard library makes for the main actor: after the check the function may be
    // called as a plain one.
    return try withoutActuallyEscaping(body) { body in
      try unsafe unsafeBitCast(body, to: (() throws -> Answer).self)()
    }
  }

  /// Runs the loop on the calling thread until `stop`. Once a process.
  public nonisolated static func run() { executor.run() }

  /// Runs the loop on a thread of its own, unless it already runs.
  public nonisolated static func start() { executor.startOnThread() }

  /// Ends `run()` after the current turn.
  public static func stop() { executor.stop() }

  /// Begins a task on the spot, up to its first wait, and keeps it on the loop after every later one.
  ///
  /// Without a preferred executor, a task that is resumed from a continuation visits the shared pool on its way back: two changes of
  /// thread a wait, and tasks that were resumed in order come back in any. `Task.immediate` with a preference does not begin on
  /// the spot, so this takes the new task's first job off the queue and runs it.
  @Loop @discardableResult
  public static func begin(_ body: @escaping @Loop () async -> Void) -> Task<Void, Never> {
    let task = Task(executorPreference: executor, operation: body)
    executor.runNewest()
    return task
  }

  /// Hands work to the loop from any thread, in order with other such work.
  ///
  /// Only with the preference does the task go straight to the loop: without it a task that is made inside one with another
  /// preferred executor may begin on the shared pool and overtake its neighbours.
  public nonisolated static func perform(_ body: @escaping @Loop @Sendable () -> Void) {
    Task(executorPreference: executor) { @Loop in body() }
  }
}
