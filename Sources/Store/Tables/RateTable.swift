package import Base
import SQLite

/// Calls that count against a limit per window, kept on disk so that a restart does not forgive them.
enum RateTable {
  /// Those before the window, and those a clock that was set back has left in the future: both count no more.
  static let sweep = Query("DELETE FROM rates WHERE name = ?1 AND (at <= ?2 OR at > ?3)")
  static let count = Query("SELECT count(*), min(at) FROM rates WHERE name = ?1")
  static let within = Query(
    "SELECT count(*), min(at) FROM rates WHERE name = ?1 AND at > ?2 AND at <= ?3")
  static let insert = Query("INSERT INTO rates (name, at) VALUES (?, ?)")
}

/// Too many within the window; again after this long.
package struct RateExceeded: Error, Hashable {
  package let name: String
  package let limit: Int
  package let retryAfter: Duration
}

extension Reading {
  /// Refuses what so many calls more would be too much for, and counts nothing: for who wants to know before a write.
  package func check(
    rate name: String, limit: Int, per window: Duration, count: Int, now: Timestamp
  ) throws(StoreError) {
    guard limit > 0, count > 0 else { return }
    let milliseconds = window.wholeMilliseconds
    let taken = try first(
      RateTable.within, .text(name), .integer(now.milliseconds - milliseconds),
      .integer(now.milliseconds + milliseconds)
    ) { (count: Int($0.integer(0)), oldest: $0.optionalInteger(1)) }
    guard let taken, taken.count + count > limit else { return }
    let wait = Duration.milliseconds((taken.oldest ?? now.milliseconds) + milliseconds - now.milliseconds)
    throw .body(RateExceeded(name: name, limit: limit, retryAfter: min(wait, window)))
  }
}

extension Transaction {
  /// Counts one call, or refuses it. A limit of 0 is none. To be called in the operation the call is about, so that what
  /// is refused or fails counts nothing.
  package func take(rate name: String, limit: Int, per window: Duration) throws(StoreError) {
    guard limit > 0 else { return }
    let milliseconds = window.wholeMilliseconds
    try run(
      RateTable.sweep, .text(name), .integer(now.milliseconds - milliseconds),
      .integer(now.milliseconds + milliseconds))
    let taken = try first(RateTable.count, .text(name)) { (count: Int($0.integer(0)), oldest: $0.integer(1)) }
    if let taken, taken.count >= limit {
      let wait = Duration.milliseconds(taken.oldest + milliseconds - now.milliseconds)
      throw .body(RateExceeded(name: name, limit: limit, retryAfter: min(wait, window)))
    }
    try run(RateTable.insert, .text(name), .integer(now.milliseconds))
  }
}
