import Base

/// One-shot timers on the given clock. None is armed while nothing happens: an idle vault never wakes the processor.
extension Writer {
  func armFlush() {
    guard flushTimer == nil else { return }
    flushTimer = timer(Self.flushDelay) { writer in
      writer.flushTimer = nil
      writer.flush()
    }
  }

  /// One timer for many commits: when it fires and there were more meanwhile, it is armed once again.
  func armIdle() {
    committedSinceIdleTimer = true
    guard idleTimer == nil else { return }
    committedSinceIdleTimer = false
    idleTimer = timer(Self.idleDelay) { writer in
      writer.idleTimer = nil
      let busy = writer.committedSinceIdleTimer
      if busy || !writer.emptyLog() { writer.armIdle() }
    }
  }

  /// Entries wait until no more commits come, but not for ever: as long as people write, who waits for an acknowledgement goes first.
  func armIndex() {
    guard indexTimer == nil else {
      committedSinceIndexTimer = true
      return
    }
    committedSinceIndexTimer = false
    indexTimer = timer(Self.indexDelay) { writer in
      writer.indexTimer = nil
      if writer.committedSinceIndexTimer, writer.indexDelays < Self.mostIndexDelays {
        writer.indexDelays += 1
        return writer.armIndex()
      }
      writer.indexDelays = 0
      writer.indexing = true
      writer.queue.nudge()
    }
  }

  private func timer(
    _ delay: Duration, _ action: @escaping @Sendable (isolated Writer) -> Void
  ) -> Task<Void, Never> {
    let clock = environment.clock
    return Task(executorPreference: environment.writer as? any TaskExecutor) { [weak self] in
      // Cancelled when the vault is closed.
      guard (try? await clock.sleep(for: delay)) != nil else { return }
      await self?.perform(action)
    }
  }

  private func perform(_ action: @Sendable (isolated Writer) -> Void) { action(self) }
}
