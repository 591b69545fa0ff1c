/// The contract's table of errors, from which the documents are made. `RPCErrors.swift` has a factory for each row.
public enum ErrorTable {
  public struct Row: Hashable, Sendable {
    public let code: ErrorCode
    public let reason: String
    /// When it is answered; one sentence.
    public let meaning: String
    /// What `data` may carry beside `reason` and `retryable`, and what it says.
    public let members: [Member]
    public let retryable: Bool

    init(
      _ code: ErrorCode, _ reason: String, _ meaning: String, retryable: Bool = false, _ members: Member...
    ) {
      self.code = code
      self.reason = reason
      self.meaning = meaning
      self.members = members
      self.retryable = retryable
    }
  }

  public struct Member: Hashable, Sendable {
    public let name: String
    public let text: String

    init(_ name: String, _ text: String) {
      self.name = name
      self.text = text
    }
  }

  public static func rows(for code: ErrorCode) -> [Row] { rows.filter { $0.code == code } }

  public static let rows: [Row] = [
    Row(
      .parse, "parse_error",
      "The line is not JSON, not UTF-8, nested too deep, or names an envelope member twice. Its id is null."),
    Row(.invalidRequest, "invalid_request", "The line is JSON, but no request of JSON-RPC 2.0."),
    Row(
      .invalidRequest, "line_too_long", "The line is over the limit and was thrown away. Its id is null.",
      Member("limit", "in bytes")),
    Row(
      .invalidRequest, "duplicate_id",
      "A call with this id still runs on the connection; that one goes on. The id of this answer is null.",
      Member("id", "the id")),
    Row(
      .invalidRequest, "batch_too_large", "The batch has too many entries; none was looked at.",
      Member("limit", "in entries")),
    Row(
      .methodNotFound, "method_not_found", "There is no such method.", Member("method", "as it was sent"),
      Member("didYouMean", "a method whose name is close, where there is one")),
    Row(
      .invalidParams, "invalid_params", "A member of the parameters is missing or of another type or range.",
      Member("path", "which, from `params` on"), Member("expected", "what it should be")),
    Row(
      .internal, "internal", "A fault of the daemon's.", Member("incident", "the word to look for in its log")
    ),
    Row(
      .notFound, "not_found", "There is no such thing in the caller's vault or on this connection.",
      Member("kind", "what kind of thing"), Member("id", "which"),
      Member("head", "where the chat goes on, when a leaf is not its")),
    Row(
      .conflict, "conflict", "What the call relies on is otherwise by now; nothing was changed.",
      Member("revision", "the present one, when it was edited in the meantime"),
      Member("tip", "the branch's newest message, when the leaf is stale"),
      Member("count", "how many children there are, when there is no rule for them"),
      Member("key", "the key, when it came with other parameters before"),
      Member("upload", "which upload, when a piece does not fit"),
      Member("received", "how much of it is there")),
    Row(
      .busy, "busy", "The chat is generating.", retryable: true, Member("turn", "the turn that holds it")),
    Row(
      .rateLimited, "rate_limited", "A limit of time is used up.", retryable: true,
      Member("retryAfterMs", "when it is free again"), Member("limit", "the rule")),
    Row(
      .providerUnavailable, "provider_unavailable", "A provider cannot be reached or keeps failing.",
      retryable: true, Member("provider", "its name"), Member("status", "its last HTTP status, if any"),
      Member("attempts", "how often it was tried")),
    Row(
      .providerRefused, "provider_refused", "A provider refused in a way that trying again cannot mend.",
      Member("provider", "its name"), Member("detail", "its own words, at most 500 characters")),
    Row(
      .tooLarge, "too_large", "Something is over a limit.", Member("limit", "the limit"),
      Member("unit", "what it counts: `bytes`, `pixels` …")),
    Row(
      .unsupported, "unsupported", "It is understood, but not done here.",
      Member("protocols", "those spoken, when another was asked for")),
    Row(.cancelled, "cancelled", "`call.cancel` stopped it before it had any effect.", retryable: true),
    Row(
      .stopping, "stopping", "The daemon is stopping.", retryable: true,
      Member("retryMs", "when to connect again")),
    Row(.storageFull, "storage_full", "The disk is full; nothing was half-written.", retryable: true),
    Row(
      .forbidden, "forbidden", "The caller may not do this.", Member("method", "the method"),
      Member("scope", "the scope it needs")),
    Row(
      .refused, "refused", "A rule of the daemon's refuses it.",
      Member("rule", "`rating`, `gating` or `guard`")),
    Row(.timeout, "timeout", "It took too long and was given up.", retryable: true),
    Row(.storageFailed, "storage_failed", "The disk answered with an error.", retryable: true),
  ]
}
