import SQLite

/// Why a vault did not do what it was asked. Engine turns these into the wire's errors.
package enum StoreError: Error, Sendable {
  case notFound(kind: String, id: String)
  /// Edited by somebody else meanwhile: the revision that stands now.
  case conflict(revision: Int64)
  /// The idempotency key was used with other parameters.
  case keyConflict
  /// The disk (or a quota, or a file-size limit) is full. Nothing was half-written.
  case storageFull
  /// An input/output error that is no full disk; the C name of what SQLite answered. Nothing was acknowledged.
  case storageFailed(String)
  /// The database does not take what it was given, and never will: a fault of ours. The C name of what SQLite answered.
  case refusedValues(String)
  /// The database's content contradicts itself.
  case corrupt(String)
  case newerSchema(found: Int, known: Int)
  /// The database was made by a build whose migration of this number differs from ours.
  case alteredMigration(Int)
  /// Another process has the vault.
  case locked(pid: Int32?)
  case refused(path: String, reason: String)
  case closed
  /// What the caller's own closure threw.
  case body(any Error)
}

extension StoreError {
  /// The disk's trouble and not the data's: the same may succeed once there is room, or the device answers again.
  package var isOfTheDisk: Bool {
    switch self {
    case .storageFull, .storageFailed: true
    default: false
    }
  }
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFound(let kind, let id): "There is no \(kind) \(id)."
    case .conflict(let revision): "It was changed meanwhile and is at revision \(revision) now."
    case .keyConflict: "This key was used for a call with other parameters."
    case .storageFull: "The disk is full; nothing was stored."
    case .storageFailed(let name): "The storage failed (\(name)); nothing was stored."
    case .refusedValues(let name): "The database does not take this (\(name)); nothing was stored."
    case .corrupt(let what): "The database is damaged: \(what)."
    case .newerSchema(let found, let known):
      "The database has schema \(found), made by a newer companiond; this one knows up to \(known). "
        + "Install the newer version, or restore a backup from before its first start."
    case .alteredMigration(let number):
      "The database was made by an unreleased companiond whose migration \(number) differs from this one's."
    case .locked(let pid?): "The vault is in use by process \(pid)."
    case .locked(nil): "The vault is in use by another process."
    case .refused(let path, let reason): "\(path) cannot be used: \(reason)."
    case .closed: "The vault is closed."
    case .body(let error): "\(error)"
    }
  }
}

extension StoreError {
  init(_ error: SQLiteError) {
    self =
      if error.meansFull {
        .storageFull
      } else if error.isCorrupt {
        .corrupt("\(error.name), \(error.message)")
      } else if error.refusesValues {
        .refusedValues(error.name)
      } else {
        .storageFailed(error.name)
      }
  }
}

extension SQLiteError {
  /// A full disk has several faces: SQLite knows ENOSPC, but not a quota or a file-size limit.
  var meansFull: Bool { isFull || (isInputOutput && fullErrors.contains(systemError)) }

  /// After these the connection's state, or the kernel's, is not what SQLite believes.
  var wounds: Bool { isSync || (isInputOutput && !meansFull) || isCorrupt || isOutOfMemory }
}
