package import Model

/// Why no reply, or no whole one, could be had from a provider.
package struct ProviderError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable {
    /// Unreachable, too slow, overloaded: the same request may succeed later.
    case unavailable
    /// It said no, and will again: a key, a policy, a request it does not take.
    case refused
    /// A reply needed this tail's place; the tail is to be caught up later.
    case preempted
  }

  package enum Cause: String, Sendable, Hashable {
    case connection, timeout, rateLimit, overload, loading, server, malformed, notAnAPI, circuitOpen
    case key, payment, permission, model, content, request, tooLarge, redirect, configuration, preempted
    /// The provider surely does not know a picture's order that was placed before a restart: it can be placed anew.
    case lost
    /// Somebody at the provider stopped the picture half-way.
    case interrupted
    /// The order was sent, and what became of it was not said: it may be paid for.
    case unclear
    /// A picture was made, and is not where the provider said it would be.
    case gone
    /// The graphics card has too little memory for a picture of that kind.
    case memory
    /// A picture is to be had only where we do not look: on an address of the provider's choice in our own network.
    case address
  }

  package var kind: Kind
  package var cause: Cause
  package var provider: String
  package var model: String?
  package var status: Int?
  /// How many times the server, or the servers of a list, were asked.
  package var attempts: Int
  /// What was said, at most 500 characters, never with a key in it.
  package var detail: String
  /// How long the server asked to be left alone.
  package var retryAfter: Duration?

  package init(
    _ kind: Kind, _ cause: Cause, provider: String, model: String? = nil, status: Int? = nil,
    attempts: Int = 1,
    detail: String, retryAfter: Duration? = nil
  ) {
    self.kind = kind
    self.cause = cause
    self.provider = provider
    self.model = model
    self.status = status
    self.attempts = attempts
    self.detail = String(detail.prefix(500))
    self.retryAfter = retryAfter
  }

  /// Whether asking again by itself may help within a turn.
  var isWorthRetrying: Bool {
    guard kind == .unavailable else { return false }
    return cause != .notAnAPI && cause != .circuitOpen
  }

  // MARK: As the protocol tells it

  package var code: Int {
    switch kind {
    case .unavailable: 5
    case .refused: 6
    case .preempted: 9
    }
  }

  package var reason: String {
    switch kind {
    case .unavailable: "provider_unavailable"
    case .refused: "provider_refused"
    case .preempted: "cancelled"
    }
  }

  package var retryable: Bool { kind != .refused }

  /// Members of the error's `data` beside `reason` and `retryable`.
  package var data: [String: JSONValue] {
    var data: [String: JSONValue] = ["provider": .string(provider), "attempts": .integer(Int64(attempts))]
    if let model { data["model"] = .string(model) }
    if let status { data["status"] = .integer(Int64(status)) }
    if !detail.isEmpty { data["detail"] = .string(detail) }
    if let retryAfter { data["retryAfterMs"] = .integer(retryAfter.components.seconds * 1000) }
    return data
  }

  /// As a turn tells it.
  package var turnError: TurnError {
    TurnError(
      code: code, message: description,
      data: data.merging(["reason": .string(reason), "retryable": .bool(retryable)]) { _, ours in ours })
  }

  /// One plain sentence for a person.
  package var description: String {
    let who = model.map { "\(provider) (\($0))" } ?? provider
    return switch cause {
    case .connection: "\(who) cannot be reached: \(detail)"
    case .timeout: "\(who) did not answer in time: \(detail)"
    case .rateLimit: "\(who) asks for a pause\(pause): \(detail)"
    case .overload: "\(who) is overloaded: \(detail)"
    case .loading: "\(who) is still loading its model"
    case .server: "\(who) failed: \(detail)"
    case .malformed: "\(who) sent what cannot be read: \(detail)"
    case .notAnAPI: "at the address of \(who) something else answers: \(detail)"
    case .circuitOpen: "\(who) kept failing and is left alone for a while\(pause): \(detail)"
    case .key: "\(who) does not accept the key: \(detail)"
    case .payment: "\(who) wants to be paid first: \(detail)"
    case .permission: "\(who) does not permit this: \(detail)"
    case .model: "\(who) does not know the model: \(detail)"
    case .content: "\(who) refuses the content: \(detail)"
    case .request: "\(who) does not take the request: \(detail)"
    case .tooLarge: "the request or the answer is too large for \(who): \(detail)"
    case .redirect: "\(who) has moved; set its url: \(detail)"
    case .configuration: detail
    case .lost: "\(who) no longer has the picture it was to make: \(detail)"
    case .interrupted: "\(who) was told to stop in the middle of the picture: \(detail)"
    case .unclear: "\(who) may have taken the order, so it is not placed again by itself: \(detail)"
    case .gone: "\(who) made a picture that is not there any more: \(detail)"
    case .memory: "\(who) has too little memory for this picture; a smaller one may do: \(detail)"
    case .address: "\(who) says to fetch the picture where companiond does not go: \(detail)"
    case .preempted: "a reply needed the place of this work; it will be caught up"
    }
  }

  private var pause: String { retryAfter.map { " of \($0.components.seconds) s" } ?? "" }
}
