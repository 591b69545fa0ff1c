/// The chunks of `/chat/completions`, from OpenAI and from all who imitate it.
struct OpenAIReader: DialectReader {
  private var hasSpoken = false

  mutating func read(_ json: LooseJSON, _ take: (ServerEvent) -> Void) {
    if let error = ServerError(in: json) { return take(.error(error)) }
    if let usage = usage(json["usage"]) { take(.usage(usage)) }
    // Of several answers only the first was asked for.
    let choice = json["choices"]?.array?.first { ($0["index"]?.integer ?? 0) == 0 }
    guard let choice, choice.isObject else { return }
    if let delta = choice["delta"], delta.isObject {
      read(delta: delta, take)
    } else if !hasSpoken, let message = choice["message"], message.isObject {
      // Not a stream at all, or one whose chunks are whole messages.
      read(delta: message, take)
    } else if let text = choice["text"]?.bytes {
      speak(text, take)
    }
    guard let reason = choice["finish_reason"]?.string, !reason.isEmpty else { return }
    if reason == "error" {
      return take(
        .error(ServerError(message: choice["native_finish_reason"]?.string ?? "the server gave up")))
    }
    take(.finish(reason))
  }

  private mutating func read(delta: LooseJSON, _ take: (ServerEvent) -> Void) {
    // Both carry the same words where both are there.
    if let thought = delta["reasoning_content"]?.bytes ?? delta["reasoning"]?.bytes, !thought.isEmpty {
      take(.reasoning(thought))
    }
    switch delta["content"] {
    case .text(let text): speak(text, take)
    case .array(let parts): for part in parts { read(part: part, take) }
    default: break
    }
    if let refusal = delta["refusal"]?.bytes, !refusal.isEmpty {
      speak(refusal, take)
      take(.refused)
    }
  }

  private mutating func read(part: LooseJSON, _ take: (ServerEvent) -> Void) {
    if let thoughts = part["thinking"] {
      for thought in thoughts.array ?? [thoughts] {
        if let text = thought.bytes ?? thought["text"]?.bytes, !text.isEmpty { take(.reasoning(text)) }
      }
    } else if let text = part["text"]?.bytes ?? part.bytes {
      speak(text, take)
    }
  }

  private mutating func speak(_ text: [UInt8], _ take: (ServerEvent) -> Void) {
    guard !text.isEmpty else { return }
    hasSpoken = true
    take(.text(text))
  }

  private func usage(_ json: LooseJSON?) -> TokenUsage? {
    guard let json, let prompt = json["prompt_tokens"]?.count else { return nil }
    return TokenUsage(
      prompt: prompt, completion: json["completion_tokens"]?.count ?? 0,
      cached: json["prompt_tokens_details"]?["cached_tokens"]?.count
        ?? json["prompt_cache_hit_tokens"]?.count,
      reasoning: json["completion_tokens_details"]?["reasoning_tokens"]?.count)
  }
}
