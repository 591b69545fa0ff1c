import Base
import Model
import Store

/// What is done once a day for every open vault: the trash gives up what has lain there for its time, old backups go, and a new one is
/// made of what has changed.
///
/// Begun by the composition root when the daemon is ready; what was due while nobody ran is done then, the backup a little later: who
/// woke the daemon has something to say first. A vault that is opened later, as all are in a daemon for the machine, has the same done
/// from then on: that daemon may never live for a day.
package actor Housekeeping {
  package static let period = Duration.seconds(86_400)
  /// From the start to the first look at backups; shorter than the idle time after which the shipped units let the daemon end.
  package static let backupDelay = Duration.seconds(300)

  private let surroundings: Engine.Surroundings
  private let trash: TrashDesk
  private let backups: BackupDesk
  private let log: Log
  private var days: Task<Void, Never>?
  private var copies: Task<Void, Never>?
  /// What is due for vaults that were opened after the beginning.
  private var late: [Owner: Task<Void, Never>] = [:]
  /// Those of whom a copy is being made.
  private var copying: Set<Owner> = []
  private var hasEnded = false

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
    copies = Task(executorPreference: surroundings.executor as? any TaskExecutor) { [weak self] in
      guard (try? await clock.sleep(for: Housekeeping.backupDelay)) != nil else { return }
      repeat {
        await self?.backUp()
      } while (try? await clock.sleep(for: Housekeeping.period)) != nil && self != nil
    }
  }

  /// A vault has been opened, or will be in a moment. Before the beginning that changes nothing: the first pass finds it.
  func opened(_ owner: Owner) {
    guard days != nil, !hasEnded else { return }
    let clock = surroundings.clock
    late[owner]?.cancel()
    late[owner] = Task(executorPreference: surroundings.executor as? any TaskExecutor) { [weak self] in
      await self?.pass(owner)
      guard (try? await clock.sleep(for: Housekeeping.backupDelay)) != nil else { return }
      // It is not opened again for that.
      if self?.surroundings.vaults.opened(owner) != nil { await self?.backUp(owner) }
    }
  }

  /// No more days; what is under way is finished.
  package func end() {
    hasEnded = true
    days?.cancel()
    copies?.cancel()
    for task in late.values { task.cancel() }
    late = [:]
  }

  /// The day's copies.
  package func backUp() async {
    for vault in surroundings.vaults.all { await backUp(vault.owner) }
  }

  /// A disk that is full today may have room tomorrow, and nothing was half-written.
  private func backUp(_ owner: Owner) async {
    guard copying.insert(owner).inserted else { return }
    defer { copying.remove(owner) }
    do throws(EngineError) {
      _ = try await backups.daily(owner)
    } catch {
      log.warning(
        "The day's backup could not be made; it is tried again tomorrow.",
        ["uid": owner, "error": "\(error)"])
    }
  }

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
