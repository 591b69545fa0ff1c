package import Base
package import Model

/// Why something asked of Engine was not done. Server turns each into what the wire says, in one place.
package enum EngineError: Error, Sendable {
  case notFound(kind: String, id: String)
  /// The message that was named as a leaf is not the chat's, which goes on from its head.
  case leafNotFound(ULID, head: ULID?)
  /// A message was to be deleted without saying what becomes of so many children.
  case hasChildren(count: Int)
  /// Somebody else's edit came first; it is at this revision now.
  case conflict(revision: Int64)
  /// The key was used with other parameters.
  case keyConflict(key: String)
  case uploadConflict(upload: String, received: Int64)
  case tooLarge(what: String, limit: Int64)
  case tooMany(what: String, limit: Int)
  /// A parameter that is well-formed and still makes no sense; `path` is relative to the parameters.
  case invalid(path: String, expected: String)
  /// What was given is nothing that is read here; the sentence says why, and what would be.
  case unsupported(String)
  /// The chat is generating already.
  case busy(turn: ULID)
  /// `limit` is a rule in words, such as "30 messages a minute".
  case rateLimited(retryAfterMs: Int64, limit: String)
  /// The leaf has children and the caller asked to be refused then; this is the newest tip below it.
  case stale(tip: ULID)
  /// A provider could not do what was asked before anything was stored.
  case providerFailed(TurnError)
  /// By a rule of ours, such as `rating`; the sentence says what was against it.
  case refused(rule: String, String)
  case cancelled
  case storageFull
  /// Reading or writing failed; what it was is for the log.
  case storageFailed(String)
  /// A fault of ours.
  case fault(String)
}
