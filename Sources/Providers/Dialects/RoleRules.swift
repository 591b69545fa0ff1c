/// Brings messages into the order of roles that a server's templates accept, without losing a word.
enum RoleRules {
  typealias Message = ChatRequest.Message

  /// Stands where the user has to speak and has not.
  static let filler = "(The conversation begins.)"

  static func shape(_ messages: [Message], _ rule: RoleRule, systemAsUser: Bool = false) -> [Message] {
    var messages = messages
    if systemAsUser { messages = messages.map { $0.role == .system ? $0.speaking(as: .user) : $0 } }
    switch rule {
    case .none: return systemAsUser ? merged(messages) : messages
    case .merge: return merged(messages)
    case .semiStrict: return merged(oneSystem(messages))
    case .strict:
      var shaped = merged(oneSystem(messages))
      let first = shaped.first?.role == .system ? 1 : 0
      if first >= shaped.count || shaped[first].role != .user {
        shaped.insert(Message(.user, filler), at: first)
      }
      return shaped
    case .single:
      var parts: [ChatRequest.Part] = []
      for message in merged(messages) {
        if message.role != .system { parts.append(.text("\(message.role.rawValue.capitalised):")) }
        parts += message.parts
      }
      return [Message(.user, parts)]
    }
  }

  /// Later system messages speak as the user.
  private static func oneSystem(_ messages: [Message]) -> [Message] {
    let lead = messages.prefix { $0.role == .system }
    return lead + messages.dropFirst(lead.count).map { $0.role == .system ? $0.speaking(as: .user) : $0 }
  }

  private static func merged(_ messages: [Message]) -> [Message] {
    var merged: [Message] = []
    for message in messages where !message.parts.isEmpty {
      if let last = merged.last, last.role == message.role {
        merged[merged.count - 1] = last.followed(by: message)
      } else {
        merged.append(message)
      }
    }
    return merged
  }
}

extension ChatRequest.Message {
  fileprivate func speaking(as role: ChatRequest.Role) -> Self {
    var copy = self
    copy.role = role
    return copy
  }

  fileprivate func followed(by other: Self) -> Self {
    var copy = self
    if case .text(let last)? = copy.parts.last, case .text(let first)? = other.parts.first {
      copy.parts[copy.parts.count - 1] = .text("\(last)\n\n\(first)")
      copy.parts += other.parts.dropFirst()
    } else {
      copy.parts += other.parts
    }
    copy.endsStablePrefix = other.endsStablePrefix
    return copy
  }
}

extension String {
  fileprivate var capitalised: String { prefix(1).uppercased() + dropFirst() }
}
