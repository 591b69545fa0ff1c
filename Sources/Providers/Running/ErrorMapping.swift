import HTTP

/// Whom a failure speaks of, and the secret it must not repeat.
struct Asked: Sendable, Hashable {
  var provider: String
  var model: String?
  var key: String?
}

extension Target {
  var asked: Asked { Asked(provider: configuration.name, model: model, key: configuration.key) }
}

extension ProviderError {
  /// What a server's refusal or failure means: whether asking again may help, and what a person can do.
  init(_ error: ServerError, cause: Cause?, asked: Asked, retryAfter: Duration?) {
    let (kind, known) = cause.map { (Self.kind(of: $0), $0) } ?? Self.meaning(of: error)
    self.init(
      kind, known, provider: asked.provider, model: asked.model, status: error.status,
      detail: Self.withoutKey(error.message, asked.key), retryAfter: error.retryAfter ?? retryAfter)
  }

  init(_ error: ServerError, cause: Cause?, target: Target, retryAfter: Duration?) {
    self.init(error, cause: cause, asked: target.asked, retryAfter: retryAfter)
  }

  /// What we say ourselves.
  init(_ cause: Cause, asked: Asked, status: Int? = nil, detail: String, retryAfter: Duration? = nil) {
    self.init(
      Self.kind(of: cause), cause, provider: asked.provider, model: asked.model, status: status,
      detail: Self.withoutKey(detail, asked.key), retryAfter: retryAfter)
  }

  init(_ error: HTTPError, target: Target) { self.init(error, asked: target.asked) }

  init(_ error: HTTPError, asked: Asked) {
    let cause: Cause =
      switch error.phase {
      case .request: .configuration
      case .address: .address
      case .resolve, .connect, .tls, .send, .receive: .connection
      case .firstByte: error.timedOut ? .timeout : .connection
      case .idle, .total: .timeout
      case .protocolViolation: .notAnAPI
      case .tooLarge: .tooLarge
      case .cancelled: .connection
      }
    let detail = "\(error.detail) [\(error.phase.rawValue)\(error.code.map { ", \($0)" } ?? "")]"
    self.init(
      Self.kind(of: cause), cause, provider: asked.provider, model: asked.model,
      detail: cause == .configuration ? "\(asked.provider).url: \(detail)" : detail)
  }

  private static func kind(of cause: Cause) -> Kind {
    switch cause {
    case .connection, .timeout, .rateLimit, .overload, .loading, .server, .malformed, .notAnAPI, .circuitOpen,
      .lost:
      .unavailable
    case .key, .payment, .permission, .model, .content, .request, .tooLarge, .redirect, .configuration,
      .memory, .address, .interrupted, .unclear, .gone:
      .refused
    case .preempted: .preempted
    }
  }

  private static func meaning(of error: ServerError) -> (Kind, Cause) {
    let cause = self.cause(of: error)
    return (kind(of: cause), cause)
  }

  private static func cause(of error: ServerError) -> Cause {
    let words = "\(error.code) \(error.type) \(error.message)".lowercased()
    func say(_ parts: String...) -> Bool { parts.contains { words.contains($0) } }
    if say("content_policy", "content_filter", "content management policy", "moderation") { return .content }
    if say("insufficient_quota", "billing", "insufficient credit", "insufficient balance") { return .payment }
    if error.status == 503 || error.status == nil,
      say("loading model", "model is loading", "is currently loading")
    {
      return .loading
    }
    switch error.status ?? 0 {
    case 300..<400: return .redirect
    case 401: return .key
    case 402: return .payment
    case 403: return .permission
    case 404: return .model
    case 413: return .tooLarge
    case 408, 409, 425, 504, 524: return .timeout
    case 429: return .rateLimit
    case 503, 529: return .overload
    case 400..<500: return .request
    case 500...: return .server
    default: break
    }
    // In the middle of a stream there is no status; the words are what is left.
    if say("overloaded", "capacity", "unavailable") { return .overload }
    if say("rate_limit", "rate limit", "too many requests") { return .rateLimit }
    if say("authentication", "invalid api key", "invalid_api_key", "unauthorized") { return .key }
    if say("permission") { return .permission }
    if say("not_found", "not found") { return .model }
    if say("invalid_request", "context length", "context window", "exceeds the") { return .request }
    if say("timeout", "timed out") { return .timeout }
    return .server
  }

  /// Servers repeat the key they refuse.
  private static func withoutKey(_ text: String, _ key: String?) -> String {
    guard let key, key.utf8.count >= 4 else { return text }
    var parts: [Substring] = []
    var rest = Substring(text)
    while let range = rest.firstRange(of: key) {
      parts.append(rest[..<range.lowerBound])
      rest = rest[range.upperBound...]
    }
    parts.append(rest)
    return parts.joined(separator: "…")
  }
}
