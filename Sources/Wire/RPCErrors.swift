public import Model

/// The errors a line or a call may be answered with, one factory a row of the contract's table.
///
/// Messages are one sentence for the person in front of the client and say what to do; programs read `reason` and the
/// members of `data`. Nothing private (paths, texts, keys) goes into either.
extension RPCError {
  // MARK: The line

  public static let parse = RPCError(
    .parse, reason: "parse_error",
    "This line is not JSON that is read here: send one JSON text in UTF-8 a line, nested at most 64 deep.")

  public static func invalidRequest(_ sentence: String) -> RPCError {
    RPCError(.invalidRequest, reason: "invalid_request", sentence)
  }

  public static func lineTooLong(limit: Int) -> RPCError {
    RPCError(
      .invalidRequest, reason: "line_too_long",
      "A line may have at most \(limit) bytes; send larger things in pieces with upload.begin.",
      details: ["limit": .integer(Int64(limit))])
  }

  public static func duplicateID(_ id: RequestID) -> RPCError {
    RPCError(
      .invalidRequest, reason: "duplicate_id",
      "A call with this id is still running on this connection; use another id.",
      details: ["id": id.json])
  }

  public static func batchTooLarge(limit: Int) -> RPCError {
    RPCError(
      .invalidRequest, reason: "batch_too_large",
      "A batch may have at most \(limit) entries; send several, or single lines.",
      details: ["limit": .integer(Int64(limit))])
  }

  /// All connections of the owner together make the daemon hold too much; this one's unfinished line was given up.
  public static func tooMuchHeld(limit: Int) -> RPCError {
    RPCError(
      .rateLimited, reason: "rate_limited",
      "Your connections hold \(limit) bytes here that nobody has read or finished; read replies and send the line again.",
      retryable: true, details: ["limit": .integer(Int64(limit))])
  }

  // MARK: The call

  public static func methodNotFound(_ method: String, didYouMean: String? = nil) -> RPCError {
    let shown = method.shortened(to: 100)
    var details: [String: JSONValue] = ["method": .string(shown)]
    if let didYouMean { details["didYouMean"] = .string(didYouMean) }
    let advice = didYouMean.map { "did you mean \($0)?" } ?? "rpc.discover lists those there are."
    return RPCError(
      .methodNotFound, reason: "method_not_found", "There is no method \(shown); \(advice)", details: details)
  }

  /// `path` begins with `params`; `expected` completes "expected …".
  public static func invalidParams(path: String, expected: String) -> RPCError {
    RPCError(
      .invalidParams, reason: "invalid_params", "\(path) is not as it should be: expected \(expected).",
      details: ["path": .string(path), "expected": .string(expected)])
  }

  /// A fault of ours. The caller logs what happened under the same incident.
  public static func `internal`(incident: String) -> RPCError {
    RPCError(
      .internal, reason: "internal",
      "Something went wrong in the daemon; its log says what, under incident \(incident).",
      details: ["incident": .string(incident)])
  }

  public static func notFound(kind: String, id: String) -> RPCError {
    RPCError(
      .notFound, reason: "not_found", "There is no \(kind) \(id.shortened(to: 128)) here.",
      details: ["kind": .string(kind), "id": .string(id.shortened(to: 128))])
  }

  /// A message that is not the chat's: `head` is where the chat goes on, absent when it is empty.
  public static func notFound(leaf: String, head: String?) -> RPCError {
    var details: [String: JSONValue] = ["kind": "message", "id": .string(leaf)]
    if let head { details["head"] = .string(head) }
    return RPCError(
      .notFound, reason: "not_found", "The chat has no message \(leaf); go on from its head.",
      details: details)
  }

  // MARK: Conflicts

  /// Somebody else's edit came first.
  public static func conflict(revision: Int64) -> RPCError {
    RPCError(
      .conflict, reason: "conflict",
      "It was changed in the meantime and is at revision \(revision) now; read it again and decide anew.",
      details: ["revision": .integer(revision)])
  }

  /// The leaf has children, and the caller wanted none.
  public static func conflict(tip: String) -> RPCError {
    RPCError(
      .conflict, reason: "conflict",
      "The message was answered in the meantime; read on from the tip and decide anew.",
      details: ["tip": .string(tip)])
  }

  /// What becomes of a deleted message's children was not said.
  public static func conflict(children count: Int) -> RPCError {
    RPCError(
      .conflict, reason: "conflict",
      "The message has answers; say with children whether they are to be deleted too or lifted to its place.",
      details: ["count": .integer(Int64(count))])
  }

  /// The same key came with other parameters.
  public static func conflict(key: String) -> RPCError {
    RPCError(
      .conflict, reason: "conflict",
      "This key was used for another call within the last day; give a new call a new key.",
      details: ["key": .string(key)])
  }

  /// Another piece was written there before, or the pieces before it are missing.
  public static func conflict(upload: String, received: Int64) -> RPCError {
    RPCError(
      .conflict, reason: "conflict",
      "This piece does not fit what has arrived; go on at offset \(received).",
      details: ["upload": .string(upload), "received": .integer(received)])
  }

  // MARK: Limits

  /// `limit` is a sentence's worth of rule, such as "30 messages a minute".
  public static func rateLimited(retryAfterMs: Int64, limit: String) -> RPCError {
    RPCError(
      .rateLimited, reason: "rate_limited",
      "That is more than \(limit); try again in \(max(1, (retryAfterMs + 999) / 1000)) s.", retryable: true,
      details: ["retryAfterMs": .integer(retryAfterMs), "limit": .string(limit)])
  }

  /// `what` begins the sentence: "The upload", "params.user".
  public static func tooLarge(_ what: String = "That", limit: Int64, unit: String = "bytes") -> RPCError {
    RPCError(
      .tooLarge, reason: "too_large", "\(what) may have at most \(limit) \(unit).",
      details: ["limit": .integer(limit), "unit": .string(unit)])
  }

  public static func unsupported(
    _ sentence: String, details: [String: JSONValue] = [:]
  ) -> RPCError {
    RPCError(.unsupported, reason: "unsupported", sentence, details: details)
  }

  public static func unsupported(protocol asked: Int) -> RPCError {
    unsupported(
      "This daemon speaks protocol 1, not \(asked); use a client that knows it.", details: ["protocols": [1]])
  }

  // MARK: Life

  public static let cancelled = RPCError(
    .cancelled, reason: "cancelled", "The call was cancelled and had no effect.", retryable: true)

  public static func stopping(retryMs: Int64) -> RPCError {
    RPCError(
      .stopping, reason: "stopping", "The daemon is stopping; connect again in a moment and repeat the call.",
      retryable: true, details: ["retryMs": .integer(retryMs)])
  }

  public static func timeout(_ sentence: String = "It took too long and was given up; try again later.")
    -> RPCError
  {
    RPCError(.timeout, reason: "timeout", sentence, retryable: true)
  }

  // MARK: Storage

  public static let storageFull = RPCError(
    .storageFull, reason: "storage_full",
    "The disk is full and nothing was stored; make room and repeat the call.", retryable: true)

  public static let storageFailed = RPCError(
    .storageFailed, reason: "storage_failed",
    "The disk could not be written or read; the daemon's log says more, and its disk wants a look.",
    retryable: true)

  // MARK: Rights and rules

  public static func forbidden(_ sentence: String) -> RPCError {
    RPCError(.forbidden, reason: "forbidden", sentence)
  }

  public static func forbidden(method: String) -> RPCError {
    RPCError(
      .forbidden, reason: "forbidden",
      "\(method) is for those who run the daemon: call it as root or as the daemon's own user.",
      details: ["method": .string(method), "scope": "admin"])
  }

  public static func refused(rule: String, _ sentence: String) -> RPCError {
    RPCError(.refused, reason: "refused", sentence, details: ["rule": .string(rule)])
  }

  // MARK: Turns and providers

  public static func busy(turn: String) -> RPCError {
    RPCError(
      .busy, reason: "busy", "The chat is answering already; wait for it or cancel it first.",
      retryable: true,
      details: ["turn": .string(turn)])
  }

  public static func providerUnavailable(
    _ provider: String, status: Int? = nil, attempts: Int
  ) -> RPCError {
    var details: [String: JSONValue] = [
      "provider": .string(provider), "attempts": .integer(Int64(attempts)),
    ]
    if let status { details["status"] = .integer(Int64(status)) }
    return RPCError(
      .providerUnavailable, reason: "provider_unavailable",
      "The provider \(provider) cannot be reached or keeps failing; see whether it runs, then try again.",
      retryable: true, details: details)
  }

  public static func providerRefused(_ provider: String, detail: String) -> RPCError {
    RPCError(
      .providerRefused, reason: "provider_refused",
      "The provider \(provider) refused; its own words are in the detail.",
      details: ["provider": .string(provider), "detail": .string(detail.shortened(to: 500))])
  }
}

extension RPCError {
  /// What a turn says of its failure is what a call says of it.
  public init(_ error: TurnError) {
    var details = error.data
    let reason = details.removeValue(forKey: "reason")?.string ?? ""
    let retryable = details.removeValue(forKey: "retryable") == .bool(true)
    self.init(
      ErrorCode(rawValue: error.code), reason: reason, error.message, retryable: retryable, details: details)
  }
}

extension RequestID {
  /// As it stands in JSON.
  public var json: JSONValue {
    switch self {
    case .number(let number): .integer(number)
    case .string(let string): .string(string)
    }
  }
}

extension String {
  /// What strangers send is shown in part only.
  fileprivate func shortened(to characters: Int) -> String {
    count <= characters ? self : prefix(characters) + "…"
  }
}
