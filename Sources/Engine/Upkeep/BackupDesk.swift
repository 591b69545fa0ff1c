import Base
package import Model
import Store

/// Where backups may be made and how long they are kept.
package struct BackupPlan: Sendable {
  /// Absolute paths from the configuration. Empty: beside the data.
  package var folders: [String]
  package var keep: Duration

  package init(folders: [String] = [], keep: Duration = .seconds(30 * 86_400)) {
    self.folders = folders
    self.keep = keep
  }
}

/// Copies of vaults, made while everything goes on.
package actor BackupDesk {
  /// A copy that is younger serves as the day's: less than a day, so that a look that comes a little early is not one in vain.
  package static let fresh = Duration.seconds(20 * 3600)

  private let surroundings: Engine.Surroundings
  private let log: Log
  /// Folders given by calls, under the configured ones: their backups are listed and tidied as well while the daemon lives.
  private var seen: Set<String> = []
  private var busy: Set<Owner> = []

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe surroundings.executor.asUnownedSerialExecutor()
  }

  init(_ surroundings: Engine.Surroundings) {
    self.surroundings = surroundings
    log = Log(surroundings.log, component: "backups")
  }

  /// Answers when the copy is whole, checked and synced; a copy that cannot be finished leaves nothing behind. One at a
  /// time for an owner.
  package func create(in folder: String?, of owner: Owner) async throws(EngineError) -> VaultBackup {
    let vault = try await surroundings.vault(of: owner)
    let target = try self.folder(folder, vault)
    guard busy.insert(owner).inserted else { throw .tooMany(what: "backup at a time", limit: 1) }
    defer { busy.remove(owner) }
    do throws(StoreError) {
      let backup = try await vault.backUp(into: target, at: surroundings.wallClock.now())
      if !roots(vault).contains(target) { seen.insert(target) }
      log.notice("A backup was made.", ["uid": owner, "name": backup.name, "bytes": backup.bytes])
      return backup
    } catch .refused(let path, let reason) {
      throw .invalid(path: "folder", expected: "a folder that can be used; of \(path): \(reason)")
    } catch {
      throw EngineError(error)
    }
  }

  /// The day's copy, made without being asked: nil when there is one of the last hours, by hand or not, or when nothing has changed
  /// since the last. One that cannot be read does not count.
  package func daily(_ owner: Owner) async throws(EngineError) -> VaultBackup? {
    let vault = try await surroundings.vault(of: owner)
    let present = try await surroundings.reading(owner) { try $0.change() }
    guard present > 0 else { return nil }
    if let newest = try await list(of: owner).first {
      let age = surroundings.wallClock.now() - newest.createdAt
      if age >= .zero, age < Self.fresh { return nil }
      let kept: Int64?
      do throws(StoreError) {
        kept = try await vault.change(in: newest)
      } catch {
        throw EngineError(error)
      }
      if kept == present { return nil }
    }
    return try await create(in: nil, of: owner)
  }

  /// The newest first.
  package func list(of owner: Owner) async throws(EngineError) -> [VaultBackup] {
    let vault = try await surroundings.vault(of: owner)
    do throws(StoreError) {
      return try await vault.backups(in: folders(vault))
    } catch {
      throw EngineError(error)
    }
  }

  /// Reads all of a backup. Without a name, of the newest.
  package func verify(_ name: String?, of owner: Owner) async throws(EngineError) -> BackupReport {
    let found = try await list(of: owner).first { name == nil || $0.name == name }
    guard let found else { throw .notFound(kind: "backup", id: name ?? "newest") }
    let vault = try await surroundings.vault(of: owner)
    do throws(StoreError) {
      return BackupReport(backup: found, problems: try await vault.verify(found))
    } catch {
      throw EngineError(error)
    }
  }

  /// Removes backups that have been kept for their time, and halves that a crash left.
  package func tidy(_ owner: Owner) async throws(EngineError) -> Int {
    // A copy under way has a half of its own; it is tidied around the next time.
    guard !busy.contains(owner) else { return 0 }
    let vault = try await surroundings.vault(of: owner)
    let oldest = surroundings.wallClock.now() + (.zero - surroundings.backups.keep)
    busy.insert(owner)
    defer { busy.remove(owner) }
    do throws(StoreError) {
      let gone = try await vault.tidyBackups(in: folders(vault), before: oldest, busy: [])
      if !gone.isEmpty { log.notice("Old backups were removed.", ["uid": owner, "backups": gone.count]) }
      return gone.count
    } catch {
      throw EngineError(error)
    }
  }

  private func roots(_ vault: Vault) -> [String] {
    let configured = surroundings.backups.folders
    return configured.isEmpty ? [vault.backupFolder] : configured
  }

  private func folders(_ vault: Vault) -> [String] {
    let roots = roots(vault)
    // A vault's copies before migrations lie beside the data whatever is configured, and are nobody's backups here.
    return roots + seen.subtracting(roots).sorted()
  }

  /// The folder asked for when it is one of the configured ones or below it; the first of them when none is named.
  private func folder(_ asked: String?, _ vault: Vault) throws(EngineError) -> String {
    let roots = roots(vault)
    guard let asked else { return roots[0] }
    let parts = asked.split(separator: "/", omittingEmptySubsequences: true)
    let path = "/" + parts.joined(separator: "/")
    let isBelow = roots.contains { root in path == root || path.hasPrefix(root + "/") }
    guard asked.hasPrefix("/"), isBelow, !parts.contains(".."), !parts.contains("."), asked.utf8.count <= 4096
    else {
      throw .invalid(path: "folder", expected: "a folder under \(roots.joined(separator: " or "))")
    }
    return path
  }
}
