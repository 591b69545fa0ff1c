/// Work on files that takes its time, such as reading all of a backup, on the files' thread and without any connection of the vault's.
actor FileWork {
  private let executor: any SerialExecutor

  init(on executor: any SerialExecutor) { self.executor = executor }

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  func perform<Answer: Sendable>(
    _ body: @Sendable () throws -> Answer
  ) -> Result<Answer, StoreError> {
    do { return .success(try body()) } catch { return .failure(StoreError(thrown: error)) }
  }

  /// Checks a finished copy and gives it its name.
  func publish(_ copy: BackupFile) -> Result<Void, StoreError> {
    do { return .success(try copy.publish()) } catch { return .failure(error) }
  }
}
