package import Base

/// What the composition root gives every vault.
package struct VaultEnvironment: Sendable {
  /// The thread all writes run on, and one for each reader. Several vaults may share them.
  package var writer: any SerialExecutor
  package var readers: [any SerialExecutor]
  package var clock: any Clock<Duration>
  package var wallClock: WallClock
  package var metrics: Metrics
  package var log: Log
  package var limits: Limits
  /// Called before and during long work at start (migrations, their backups), on the writer's thread, so that the
  /// service manager can be told to be patient.
  package var progress: @Sendable (String) -> Void

  package init(
    writer: any SerialExecutor, readers: [any SerialExecutor], clock: any Clock<Duration>,
    wallClock: WallClock = .system, metrics: Metrics = Metrics(), log: Log, limits: Limits = Limits(),
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    precondition(!readers.isEmpty, "a vault needs a reader")
    self.writer = writer
    self.readers = readers
    self.clock = clock
    self.wallClock = wallClock
    self.metrics = metrics
    self.log = log
    self.limits = limits
    self.progress = progress
  }
}

extension Clock<Duration> {
  /// Reads the time since now. The clock's instants cannot be compared through an existential, this can.
  func stopwatch() -> @Sendable () -> Duration {
    let start = now
    return { start.duration(to: self.now) }
  }
}
