import Base
import Glibc
package import Model
import Store

/// What keeps the vaults well: their numbers, checks, and the changes a client missed.
package actor UpkeepDesk {
  private let surroundings: Engine.Surroundings

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe surroundings.executor.asUnownedSerialExecutor()
  }

  init(_ surroundings: Engine.Surroundings) { self.surroundings = surroundings }

  package func latestChange(of owner: Owner) async throws(EngineError) -> Int64 {
    try await surroundings.reading(owner) { snapshot in try snapshot.change() }
  }

  package func changes(of owner: Owner, since: Int64, limit: Int) async throws(EngineError) -> ChangePage {
    try await surroundings.reading(owner) { snapshot in try snapshot.changes(since: since, limit: limit) }
  }

  package func stats(of owner: Owner) async throws(EngineError) -> StorageStats {
    let vault = try await surroundings.vault(of: owner)
    do throws(StoreError) {
      return try await vault.stats()
    } catch {
      throw EngineError(error)
    }
  }

  package func check(_ owner: Owner, repair: Bool) async throws(EngineError) -> StorageReport {
    let vault = try await surroundings.vault(of: owner)
    do throws(StoreError) {
      return try await vault.check(repair: repair)
    } catch {
      throw EngineError(error)
    }
  }

  /// Joins the pieces of the search index and renews statistics; what the vault weighs afterwards.
  package func optimise(_ owner: Owner) async throws(EngineError) -> StorageStats {
    let vault = try await surroundings.vault(of: owner)
    do throws(StoreError) {
      try await vault.optimise()
      return try await vault.stats()
    } catch {
      throw EngineError(error)
    }
  }

  package struct VaultState: Sendable {
    package var change: Int64
    package var writable: Bool
    /// How many vaults are open.
    package var owners: Int
  }

  /// Never fails: a vault that cannot be opened is a state too.
  package func vaultState(of owner: Owner) async -> VaultState {
    var state = VaultState(change: 0, writable: false, owners: surroundings.vaults.all.count)
    do throws(EngineError) {
      let vault = try await surroundings.vault(of: owner)
      state.change = try await latestChange(of: owner)
      state.writable = vault.hasReserve
      state.owners = surroundings.vaults.all.count
    } catch {
      Log(surroundings.log, component: "upkeep").error(
        "A vault cannot be used.", ["uid": owner, "error": "\(error)"])
    }
    return state
  }

  package struct Finding: Sendable {
    package var name: String
    package var ok: Bool
    package var detail: String?
    package var latency: Duration?
  }

  /// Really tries the writer, a reader and the disk.
  package func examine(_ owner: Owner) async -> [Finding] {
    var findings: [Finding] = []
    let stopwatch = Stopwatch(surroundings.clock)
    do throws(EngineError) {
      let vault = try await surroundings.vault(of: owner)
      do throws(StoreError) {
        try await vault.write { _ in }
        findings.append(Finding(name: "storage.writer", ok: true, latency: stopwatch.elapsed()))
      } catch {
        findings.append(Finding(name: "storage.writer", ok: false, detail: error.description))
      }
      let reading = Stopwatch(surroundings.clock)
      do throws(StoreError) {
        _ = try await vault.read { snapshot in try snapshot.change() }
        findings.append(Finding(name: "storage.reader", ok: true, latency: reading.elapsed()))
      } catch {
        findings.append(Finding(name: "storage.reader", ok: false, detail: error.description))
      }
      if let megabytes = freeMegabytes(vault.folder) {
        let enough = megabytes >= 64
        findings.append(
          Finding(
            name: "storage.space", ok: enough,
            detail: enough ? nil : "Only \(megabytes) MiB are free; make room before writing fails."))
      }
      let reserve = vault.hasReserve
      findings.append(
        Finding(
          name: "storage.reserve", ok: reserve,
          detail: reserve ? nil : "The disk was full; new writes are refused until there is room again."))
    } catch {
      findings.append(Finding(name: "storage.open", ok: false, detail: "\(error)"))
    }
    return findings
  }

  /// A trivial read through the path that serves requests, for the service manager's watchdog.
  package func pulse(_ owner: Owner) async throws(EngineError) {
    _ = try await surroundings.reading(owner) { snapshot in try snapshot.settings() }
  }
}

/// What an ordinary user may still write on the folder's file system; nil when it cannot be asked.
private func freeMegabytes(_ folder: String) -> Int? {
  var status = statvfs()
  guard unsafe statvfs(folder, &status) == 0 else { return nil }
  return (Int(status.f_bavail) * Int(status.f_frsize)) >> 20
}
