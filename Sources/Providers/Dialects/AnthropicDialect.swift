import Model

/// Anthropic's Messages.
struct AnthropicDialect: Dialect {
  var framing: Framing { .events }

  func address(_ configuration: ProviderConfiguration) -> String {
    // People write the base with and without the version.
    configuration.url.hasSuffix("/v1") ? configuration.url + "/messages" : configuration.url + "/v1/messages"
  }

  func headers(_ configuration: ProviderConfiguration) -> [(name: String, value: String)] {
    [("anthropic-version", "2023-06-01")] + (configuration.key.map { [("x-api-key", $0)] } ?? [])
  }

  func makeReader() -> any DialectReader { AnthropicReader() }

  func body(_ request: ChatRequest, _ target: Target) -> [String: JSONValue] {
    var shaped = RoleRules.shape(request.messages, .strict)
    var body: [String: JSONValue] = ["model": .string(target.model), "stream": true]
    // Required; where nobody says, generous.
    body["max_tokens"] = .integer(Int64(target.tokens(for: request.maxTokens) ?? 4096))
    var marks = 4
    if let system = shaped.first, system.role == .system {
      shaped.removeFirst()
      var block: [String: JSONValue] = ["type": "text", "text": .string(system.text)]
      block["cache_control"] = ["type": "ephemeral"]
      marks -= 1
      body["system"] = [.object(block)]
    }
    // A beginning of the reply must not end in white space.
    if let last = shaped.last, last.role == .assistant {
      shaped[shaped.count - 1] = .init(.assistant, last.text.withoutTrailingSpace)
    }
    let lastMarks = shaped.indices.filter { shaped[$0].endsStablePrefix }.suffix(marks)
    body["messages"] = .array(shaped.indices.map { message(shaped[$0], marked: lastMarks.contains($0)) })
    let sampling = request.sampling
    body["temperature"] = sampling.temperature.map { .number(min(max($0, 0), 1)) }
    body["top_p"] = sampling.topP.map { .number($0) }
    body["top_k"] = sampling.topK.map { .integer(Int64($0)) }
    // It refuses stop strings of white space alone; those are applied here only.
    let stops = request.stops.filter { !$0.allSatisfy(\.isWhitespace) }
    if !stops.isEmpty { body["stop_sequences"] = .array(stops.map { .string($0) }) }
    for name in target.learned.dropped { body[name] = nil }
    for (name, value) in request.sampling.extra ?? [:] { body[name] = value }
    return body
  }

  private func message(_ message: ChatRequest.Message, marked: Bool) -> JSONValue {
    var blocks: [[String: JSONValue]] = []
    // It sees pictures best when they come before the words.
    for case .image(let bytes, let mime) in message.parts {
      blocks.append([
        "type": "image",
        "source": ["type": "base64", "media_type": .string(mime), "data": .string(Base64.encode(bytes))],
      ])
    }
    let text = message.text
    if !text.isEmpty || blocks.isEmpty {
      // Empty text blocks are refused.
      blocks.append(["type": "text", "text": .string(text.isEmpty ? RoleRules.filler : text)])
    }
    if marked { blocks[blocks.count - 1]["cache_control"] = ["type": "ephemeral"] }
    return ["role": .string(message.role.rawValue), "content": .array(blocks.map { .object($0) })]
  }

  func learn(from error: ServerError, sent: [String: JSONValue], _ learned: inout Learned) -> Bool {
    Lessons.learn(
      from: error, sent: sent, optional: ["temperature", "top_p", "top_k", "stop_sequences"], &learned)
  }
}

extension String {
  fileprivate var withoutTrailingSpace: String {
    var text = self[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

/// Its event stream; `ping` and whatever it may learn to say later are nothing.
struct AnthropicReader: DialectReader {
  private var prompt = 0
  private var cached: Int?

  mutating func read(_ json: LooseJSON, _ take: (ServerEvent) -> Void) {
    if let error = ServerError(in: json) { return take(.error(error)) }
    switch json["type"]?.string {
    case "message_start": note(json["message"]?["usage"], take)
    case "content_block_start": if let block = json["content_block"] { read(block: block, take) }
    case "content_block_delta": if let delta = json["delta"] { read(block: delta, take) }
    case "message_delta":
      note(json["usage"], take)
      if let reason = json["delta"]?["stop_reason"]?.string { take(.finish(reason)) }
    case "message_stop": take(.done)
    case "message":
      // The whole at once: a server that does not stream.
      for block in json["content"]?.array ?? [] { read(block: block, take) }
      note(json["usage"], take)
      if let reason = json["stop_reason"]?.string { take(.finish(reason)) }
    default: break
    }
  }

  private func read(block: LooseJSON, _ take: (ServerEvent) -> Void) {
    switch block["type"]?.string {
    case "text", "text_delta": if let text = block["text"]?.bytes, !text.isEmpty { take(.text(text)) }
    case "thinking", "thinking_delta":
      if let text = block["thinking"]?.bytes, !text.isEmpty { take(.reasoning(text)) }
    default: break
    }
  }

  /// The prompt's length comes with the start, the reply's with the end, which may tell both.
  private mutating func note(_ usage: LooseJSON?, _ take: (ServerEvent) -> Void) {
    guard let usage else { return }
    if let input = usage["input_tokens"]?.count {
      cached = usage["cache_read_input_tokens"]?.count ?? cached
      prompt = input + (cached ?? 0) + (usage["cache_creation_input_tokens"]?.count ?? 0)
    }
    if let output = usage["output_tokens"]?.count {
      take(.usage(TokenUsage(prompt: prompt, completion: output, cached: cached)))
    }
  }
}
