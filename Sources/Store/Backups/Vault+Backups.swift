package import Base
package import Model
import SQLite

extension Vault {
  /// Where backups are made when no other folder is configured.
  package var backupFolder: String { directory.backups }

  /// Copies the database into a folder, under a name that tells the owner and the time.
  package func backUp(into folder: String, at time: Timestamp) async throws(StoreError) -> VaultBackup {
    let place = BackupFolder(path: folder, owner: owner)
    let name = place.name(at: time)
    try await backUp(to: folder + "/" + name)
    return VaultBackup(
      name: name, folder: folder, bytes: Files.size(folder + "/" + name) ?? 0, createdAt: time)
  }

  /// The newest first.
  package func backups(in folders: [String]) async throws(StoreError) -> [VaultBackup] {
    let places = folders.map { BackupFolder(path: $0, owner: owner) }
    return try await fileWork.perform {
      places.flatMap { $0.backups() }.sorted { ($0.createdAt, $0.folder) > ($1.createdAt, $1.folder) }
    }.get()
  }

  /// Removes backups from before a time, and what crashes left. `busy` are the names of copies under way.
  package func tidyBackups(
    in folders: [String], before oldest: Timestamp, busy: Set<String>
  ) async throws(StoreError) -> [VaultBackup] {
    let places = folders.map { BackupFolder(path: $0, owner: owner) }
    return try await fileWork.perform { places.flatMap { $0.tidy(before: oldest, busy: busy) } }.get()
  }

  /// The counter of changes as a backup has it; nil when it cannot be read.
  package func change(in backup: VaultBackup) async throws(StoreError) -> Int64? {
    let path = backup.folder + "/" + backup.name
    return try await fileWork.perform { BackupCheck.change(in: path) }.get()
  }

  /// Reads all of a backup, on the files' thread: what is wrong with it, nothing when it can be restored.
  package func verify(_ backup: VaultBackup) async throws(StoreError) -> [String] {
    let path = backup.folder + "/" + backup.name
    return try await fileWork.perform { BackupCheck.problems(of: path) }.get()
  }
}

/// What is asked of a backup before it may take a vault's place. Needs no vault: a person asks it of a file as well.
package enum BackupCheck {
  static let applicationID = Query("PRAGMA application_id")
  static let schema = Query("PRAGMA user_version")
  static let integrity = Query("PRAGMA integrity_check(100)")
  static let foreignKeys = Query("SELECT \"table\", rowid FROM pragma_foreign_key_check LIMIT 100")

  static func change(in path: String) -> Int64? {
    do throws(SQLiteError) {
      let database = try Database(path, .readOnly)
      return try database.first(VaultRow.change) { $0.integer(0) }
    } catch {
      return nil
    }
  }

  /// What is wrong with the file; nothing when it can be restored. Reads all of it, on the caller's thread.
  package static func problems(of path: String) -> [String] {
    do throws(SQLiteError) {
      let database = try Database(path, .readOnly)
      guard try database.first(applicationID, read: { $0.integer(0) }) == Migrator.applicationID else {
        return ["it is not a companion database"]
      }
      let schema = try database.first(schema) { Int($0.integer(0)) } ?? 0
      var problems = try database.rows(integrity) { $0.text(0) }.filter { $0 != "ok" }
      problems += try database.rows(foreignKeys) { row in
        "\(row.text(0)) row \(row.integer(1)) points at something that is not there"
      }
      if schema > Migration.all.count {
        problems.append(
          "it has schema \(schema), from a newer companiond; this one knows up to \(Migration.all.count)")
      }
      return problems
    } catch {
      return ["it cannot be read: \(error.name), \(error.message)"]
    }
  }
}
