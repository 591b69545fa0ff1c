import Model

/// What can be learnt from a refusal, common to all who refuse.
enum Lessons {
  static func learn(
    from error: ServerError, sent: [String: JSONValue], optional: [String], _ learned: inout Learned
  ) -> Bool {
    // Some templates fail inside the server, which it takes for its own fault.
    guard let status = error.status, [400, 404, 422, 500, 501].contains(status) else { return false }
    let before = learned
    let text = error.message.lowercased()
    if sent["max_tokens"] != nil, error.names("max_completion_tokens") || error.parameter == "max_tokens",
      text.contains("max_completion_tokens")
    {
      learned.tokensMember = "max_completion_tokens"
    } else if sent["max_completion_tokens"] != nil, error.names("max_completion_tokens") {
      learned.tokensMember = "max_tokens"
    } else if text.contains("alternat"), text.contains("role") || text.contains("user") {
      learned.roles = .strict
    } else if text.contains("system"), text.contains("role"),
      text.contains("support") || text.contains("invalid")
    {
      // A second refusal means that the developer role was no better.
      let knowsDeveloper = text.contains("developer") && learned.systemRole == .system
      learned.systemRole = knowsDeveloper ? .developer : .user
    } else if let member = optional.first(where: { sent[$0] != nil && error.names($0) }) {
      learned.dropped.insert(member)
    }
    return learned != before
  }
}
