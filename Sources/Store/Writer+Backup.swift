import SQLite

/// A backup under way and whoever waits for it.
final class RunningBackup {
  var job: BackupJob
  let answer: @Sendable (Result<BackupFile, StoreError>) -> Void

  init(_ job: consuming BackupJob, answer: @escaping @Sendable (Result<BackupFile, StoreError>) -> Void) {
    self.job = job
    self.answer = answer
  }
}

/// Copies of the database, made on the writer's own connection between batches: writes go on meanwhile and are carried
/// into the copy, where another connection's would make it begin again.
extension Writer {
  /// Answers with the finished copy, which somebody else checks and names.
  func backUp(to path: String) async -> Result<BackupFile, StoreError> {
    await withCheckedContinuation { continuation in begin(path) { continuation.resume(returning: $0) } }
  }

  func begin(_ path: String, answer: @escaping @Sendable (Result<BackupFile, StoreError>) -> Void) {
    guard let access else { return answer(.failure(failure.map { StoreError($0) } ?? .closed)) }
    do {
      try VaultDirectory.makePrivate(Files.folder(of: path), log: log)
      backups.append(RunningBackup(try BackupJob(of: access.database, to: path), answer: answer))
      queue.nudge()
    } catch {
      answer(.failure(error))
    }
  }

  /// A piece of the first backup; the nudge brings the writer back here even when no operation waits.
  func stepBackup() {
    // What is read from a connection that is not trusted any more makes no backup.
    if let failure { return abandonBackups(StoreError(failure)) }
    guard let running = backups.first else { return }
    do {
      if try running.job.step(pages: Self.backupPages) {
        backups.removeFirst()
        running.answer(.success(running.job.finish()))
      }
    } catch {
      backups.removeAll { $0 === running }
      running.answer(.failure(error))
    }
    if !backups.isEmpty { queue.nudge() }
  }

  /// Backups read from a connection that is about to go; they do not outlive it.
  func abandonBackups(_ error: StoreError) {
    let abandoned = backups
    backups = []
    for running in abandoned { running.answer(.failure(error)) }
  }
}
