import Base
import SQLite

/// Entries of the search index, made by the writer between batches so that nobody's acknowledgement waits for them.
extension Writer {
  /// Rows at a time: a few milliseconds when nobody waits, next to nothing when somebody does.
  private static let rowsWhenIdle = 64
  private static let rowsBesideOthers = 8

  /// Whether the last commit left messages without an up-to-date entry. One look at the edge of a table.
  var hasUnindexed: Bool {
    guard let access else { return false }
    return ((try? Snapshot(access: access).hasUnindexed()) ?? false)
  }

  /// A piece of the work; the nudge brings the writer back here for the next.
  ///
  /// The commit is not synced: after a power loss index and queue are both as they were before it, and it is made again.
  func stepIndex(others: Bool) {
    guard indexing, let access, !full else { return indexing = false }
    do {
      try setSynchronous(full: false)
      let made = try access.database.transaction(.writing) {
        try Transaction(
          access: access, now: environment.wallClock.now(), ledger: ledger, limits: environment.limits
        ).index(atMost: others ? Self.rowsBesideOthers : Self.rowsWhenIdle)
      }.get()
      indexing = made > 0
    } catch {
      indexing = false
      let cause = access.takeWound()
      access.database.rollBack()
      if let cause = cause ?? (error as? SQLiteError) {
        failed(cause, during: "making the search index")
      } else {
        log.error("the search index could not be brought up to date", ["error": "\(error)"])
      }
    }
    armIdle()
    if indexing { queue.nudge() }
  }
}
