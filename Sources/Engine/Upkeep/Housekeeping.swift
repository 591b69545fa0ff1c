import Base
import Model
import Store

/// What is done once a day for every open vault: the trash gives up what has lain there for its time, and old backups go.
///
/// Begun by the composition root when the daemon is ready; what was due while nobody ran is done then. A vault that is opened later,
/// as all are in a daemon for the machine, is tidied when it is opened: that daemon may never live for a day.
package actor Housekeeping {
  package static let period = Duration.seconds(86_400)

  private let surroundings: Engine.Surroundings
  private let trash: TrashDesk
  private let backups: BackupDesk
  private let log: Log
  private var days: Task<Void, Never>?

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe surroundings.executor.asUnownedSerialExecutor()
  }

  init(_ surroundings: Engine.Surroundings, trash: TrashDesk, backups: BackupDesk) {
    self.surroundings = surroundings
    self.trash = trash
    self.backups = backups
    log = Log(surroundings.log, component: "housekeeping")
  }

  /// Once; a second call changes nothing.
  package func begin() {
    guard days == nil else { return }
    let clock = surroundings.clock
    days = Task(executorPreference: surroundings.executor as? any TaskExecutor) { [weak self] in
      repeat {
        await self?.pass()
      } while (try? await clock.sleep(for: Housekeeping.period)) != nil && self != nil
    }
  }

  /// A vault has been opened, or will be in a moment. Before the beginning that changes nothing: the first pass finds it.
  func opened(_ owner: Owner) {
    guard days != nil else { return }
    Task(executorPreference: surroundings.executor as? any TaskExecutor) { [weak self] in
      await self?.pass(owner)
    }
  }

  /// No more days; what is under way is finished.
  package func end() { days?.cancel() }

  package func pass() async {
    for vault in surroundings.vaults.all { await pass(vault.owner) }
  }

  /// One owner's trouble is the log's, and no reason to leave the others' houses as they are.
  private func pass(_ owner: Owner) async {
    do throws(EngineError) {
      _ = try await trash.purgeExpired(of: owner)
      _ = try await backups.tidy(owner)
    } catch {
      log.warning(
        "A vault could not be tidied; it is tried again tomorrow.", ["uid": owner, "error": "\(error)"])
    }
  }
}
