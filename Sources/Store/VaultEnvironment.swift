package import Base
import Synchronization

/// What the composition root gives every vault.
package struct VaultEnvironment: Sendable {
  /// The thread all writes run on, and one for each reader. Several vaults may share them.
  package let writer: any SerialExecutor
  let readers: [ReadingThread]
  /// A thread for what reads whole files and takes seconds, so that no short read ever waits for it.
  package let files: any SerialExecutor
  package var clock: any Clock<Duration>
  package var wallClock: WallClock
  package var metrics: Metrics
  package var log: Log
  package var limits: Limits
  /// Called before and during long work at start (migrations, their backups), on the writer's thread, so that the
  /// service manager can be told to be patient.
  package var progress: @Sendable (String) -> Void

  package init(
    writer: any SerialExecutor, readers: [any SerialExecutor], files: any SerialExecutor,
    clock: any Clock<Duration>,
    wallClock: WallClock = .system, metrics: Metrics = Metrics(), log: Log, limits: Limits = Limits(),
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    precondition(!readers.isEmpty, "a vault needs a reader")
    self.writer = writer
    self.readers = readers.map { ReadingThread($0) }
    self.files = files
    self.clock = clock
    self.wallClock = wallClock
    self.metrics = metrics
    self.log = log
    self.limits = limits
    self.progress = progress
  }
}

/// A thread that reads, and how much it has to do: for all vaults together, since they share it.
final class ReadingThread: Sendable {
  let executor: any SerialExecutor
  /// Closures waiting or running.
  let waiting = Atomic<Int>(0)

  init(_ executor: any SerialExecutor) { self.executor = executor }
}

extension Clock<Duration> {
  /// Reads the time since now. The clock's instants cannot be compared through an existential, this can.
  func stopwatch() -> @Sendable () -> Duration {
    let start = now
    return { start.duration(to: self.now) }
  }
}
