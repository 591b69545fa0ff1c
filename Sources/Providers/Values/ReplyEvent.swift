package import Model

/// What is heard of a reply, in order. The last event is exactly one of `finish` and `failure`.
package enum ReplyEvent: Sendable, Hashable {
  /// Nothing to do but wait, and why.
  case waiting(Waiting)
  /// The model that really answers, as `provider/model`; before its first text.
  case started(model: String)
  case reasoning(String)
  case text(String)
  /// The latest replaces earlier ones.
  case usage(TokenUsage)
  /// For the log and the curious: the reply goes on.
  case notice(Notice)
  case finish(ReplyEnd)
  case failure(ProviderError)
}

package enum Waiting: Sendable, Hashable {
  /// All of the provider's places are taken; so many are before this one.
  case queued(ahead: Int)
  /// The last attempt failed; the next comes after a while.
  case retrying(attempt: Int, after: Duration, because: ProviderError)
  /// The server is up and still loading the model.
  case loading(after: Duration)
}

/// What a server says a reply took. Servers are believed up to `mostTokens`, so that whoever adds or multiplies counts (of a day,
/// of a year, by our ratios) need not think of overflow.
package struct TokenUsage: Sendable, Hashable {
  package static let mostTokens = 1 << 40

  package let prompt: Int
  package let completion: Int
  package let cached: Int?
  package let reasoning: Int?

  package init(prompt: Int, completion: Int, cached: Int? = nil, reasoning: Int? = nil) {
    self.prompt = Self.believable(prompt)
    self.completion = Self.believable(completion)
    self.cached = cached.map(Self.believable)
    self.reasoning = reasoning.map(Self.believable)
  }

  private static func believable(_ count: Int) -> Int { min(max(count, 0), mostTokens) }

  /// As the protocol tells it.
  package var usage: Usage {
    Usage(promptTokens: prompt, completionTokens: completion, cachedTokens: cached, estimated: false)
  }
}

package enum Notice: Sendable, Hashable {
  /// A tail that waited has its place, and the server is asked: from here on it is the server's time.
  case asked
  /// The server evaluated far fewer tokens than were sent: the beginning of the prompt was dropped.
  case promptTruncated(evaluated: Int, estimated: Int)
  /// Events that were no JSON were skipped.
  case skippedEvents(Int)
  /// The model's thinking came as text, because the server's template had opened it; the next reply will be read rightly.
  case missedThinkingTag
}

/// How a reply ended, and what a person may want to know about that.
package struct ReplyEnd: Sendable, Hashable {
  package var reason: Finish
  /// An unknown word of the server, which stop string, why it was cut.
  package var note: String?

  package init(_ reason: Finish, note: String? = nil) {
    self.reason = reason
    self.note = note
  }

  /// The words of all the servers. An unknown one counts as an ordinary end and is told.
  init(server word: String) {
    switch word.lowercased() {
    case "stop", "end_turn", "eos", "eos_token", "stop_sequence", "complete", "completed", "finished":
      self.init(.stop)
    case "length", "max_tokens", "max_output_tokens", "model_context_window_exceeded", "model_length":
      self.init(.length)
    case "content_filter", "refusal", "safety", "content_filtered", "sensitive": self.init(.filtered)
    case "abort", "aborted", "cancelled", "canceled", "interrupted": self.init(.interrupted)
    case "tool_calls", "function_call", "tool_use":
      self.init(.stop, note: "the model wanted to call a tool, which it was not offered")
    default: self.init(.stop, note: "the server gave “\(word.prefix(40))” as its reason")
    }
  }
}
