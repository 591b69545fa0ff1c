package import Base
import SQLite

/// What makes a call recognisable when it comes again.
package struct Stamp: Sendable, Hashable {
  package let key: String
  package let method: String
  /// SHA-256 of the parameters in a canonical form, without those that do not count.
  package let fingerprint: [UInt8]

  package init(key: String, method: String, fingerprint: [UInt8]) {
    self.key = key
    self.method = method
    self.fingerprint = fingerprint
  }
}

package enum Once<Answer: Sendable>: Sendable {
  case done(Answer)
  /// The call ran before: what it answered then.
  case replayed([UInt8])
}

/// First answers of calls that carried a key, kept for a day.
enum KeyTable {
  static let find = Query("SELECT fingerprint, result, at FROM keys WHERE key = ? AND method = ?")
  static let insert = Query(
    "INSERT OR REPLACE INTO keys (key, method, fingerprint, result, at) VALUES (?, ?, ?, ?, ?)")
  /// Few at a time, so that no write pays for many; more go than come.
  static let sweep = Query(
    """
    DELETE FROM keys WHERE (key, method) IN (SELECT key, method FROM keys WHERE at <= ?1 ORDER BY at LIMIT 4)
      OR (key, method) IN (SELECT key, method FROM keys WHERE at >= ?2 ORDER BY at DESC LIMIT 4)
    """)
}

extension Reading {
  /// What a call with this key answered, when it ran within the lifetime; throws `keyConflict` when it was another call.
  ///
  /// A time further ahead than the lifetime comes from a clock that was set back since: such a key is as good as expired.
  package func replay(
    of stamp: Stamp, now: Timestamp, lifetime: Duration
  ) throws(StoreError) -> [UInt8]? {
    let found = try first(KeyTable.find, .text(stamp.key), .text(stamp.method)) { row in
      (fingerprint: row.bytes(0), result: row.bytes(1), at: Timestamp(milliseconds: row.integer(2)))
    }
    guard let found, now - found.at < lifetime, found.at - now < lifetime else { return nil }
    guard found.fingerprint == stamp.fingerprint else { throw .keyConflict }
    return found.result
  }
}

extension Transaction {
  /// Runs `effect` unless a call with the same key has succeeded before; its encoded answer is stored in the same commit.
  ///
  /// Without a stamp it always runs. When it throws, nothing is stored and the key stays free.
  package func once<Answer: Sendable>(
    _ stamp: Stamp?, encode: (Answer) throws -> [UInt8], effect: (Transaction) throws -> Answer
  ) throws -> Once<Answer> {
    guard let stamp else { return .done(try effect(self)) }
    if let result = try replay(of: stamp, now: now, lifetime: limits.keyLifetime) { return .replayed(result) }
    let answer = try effect(self)
    try run(
      KeyTable.insert, .text(stamp.key), .text(stamp.method), .bytes(stamp.fingerprint),
      .bytes(try encode(answer)), .integer(now.milliseconds))
    let lifetime = limits.keyLifetime.wholeMilliseconds
    try run(KeyTable.sweep, .integer(now.milliseconds - lifetime), .integer(now.milliseconds + lifetime))
    return .done(answer)
  }
}
