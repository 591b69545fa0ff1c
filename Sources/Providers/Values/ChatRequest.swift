package import Base
package import Model

/// What a model is asked: the messages as the prompt builder ordered them, and how the answer is wanted. Says nothing about who
/// answers; that is chosen by name when it is sent.
package struct ChatRequest: Sendable, Hashable {
  package enum Role: String, Sendable, Hashable { case system, user, assistant }

  package enum Part: Sendable, Hashable {
    case text(String)
    case image(bytes: [UInt8], mime: String)
  }

  package struct Message: Sendable, Hashable {
    package var role: Role
    package var parts: [Part]
    /// Everything up to here will stand at the beginning of the next request too. Where a provider wants to be told what to
    /// keep in its cache, it is told here.
    package var endsStablePrefix: Bool

    package init(_ role: Role, _ parts: [Part], endsStablePrefix: Bool = false) {
      self.role = role
      self.parts = parts
      self.endsStablePrefix = endsStablePrefix
    }

    package init(_ role: Role, _ text: String, endsStablePrefix: Bool = false) {
      self.init(role, [.text(text)], endsStablePrefix: endsStablePrefix)
    }

    package var text: String {
      parts.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: "\n")
    }
  }

  /// What the answer is for. Only the offline provider, which does not read instructions, acts on it.
  package enum Task: String, Sendable, Hashable { case reply, analysis, title, other }

  package var messages: [Message]
  package var sampling: Sampling
  /// Bounds the text that is shown; what a model thinks comes on top.
  package var maxTokens: Int?
  package var wantsJSON: Bool
  package var task: Task
  /// Our own estimate of the prompt's length, to notice a server that silently dropped the beginning.
  package var estimatedTokens: Int?
  /// Who speaks and where, for the offline provider. Others have it in words among the messages.
  package var stage: Stage?
  /// What log lines about it name, so that one turn can be followed through all rooms.
  package var turn: ULID?
  /// No reply grows beyond this, whatever the server sends.
  package var maxBytes: Int

  package init(
    _ messages: [Message], sampling: Sampling = Sampling(), maxTokens: Int? = nil, wantsJSON: Bool = false,
    task: Task = .reply, estimatedTokens: Int? = nil, stage: Stage? = nil, maxBytes: Int = 256 << 10
  ) {
    self.messages = messages
    self.sampling = sampling
    self.maxTokens = maxTokens
    self.wantsJSON = wantsJSON
    self.task = task
    self.estimatedTokens = estimatedTokens
    self.stage = stage
    self.maxBytes = maxBytes
  }

  /// The person and the companion as the chat knows them, and the scene before this reply.
  package struct Stage: Sendable, Hashable {
    package var companion: String
    package var user: String
    package var description: String
    package var personality: String
    /// What is worn and can be seen, as words.
    package var outfit: [String]
    package var location: String?
    package var action: String?
    /// The companion's local hour, 0 to 23.
    package var hour: Int?

    package init(
      companion: String, user: String = "", description: String = "", personality: String = "",
      outfit: [String] = [], location: String? = nil, action: String? = nil, hour: Int? = nil
    ) {
      self.companion = companion
      self.user = user
      self.description = description
      self.personality = personality
      self.outfit = outfit
      self.location = location
      self.action = action
      self.hour = hour
    }
  }

  /// What its tokens are estimated by: the text, and something for each message's frame. Pictures are not counted.
  package var textBytes: Int { messages.reduce(0) { $0 + $1.text.utf8.count + 16 } }

  var stops: [String] { (sampling.stop ?? []).filter { !$0.isEmpty } }
}
