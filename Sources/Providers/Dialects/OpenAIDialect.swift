import HTTP
import Model

/// OpenAI's chat completions, as spoken by llama.cpp, vLLM, LM Studio, Novita, OpenRouter and many more. What one of them does not
/// take is left out after its first refusal.
struct OpenAIDialect: Dialect {
  var framing: Framing { .events }

  func address(_ configuration: ProviderConfiguration) -> String { configuration.url + "/chat/completions" }

  func headers(_ configuration: ProviderConfiguration) -> [(name: String, value: String)] {
    configuration.key.map { [("Authorization", "Bearer \($0)")] } ?? []
  }

  func makeReader() -> any DialectReader { OpenAIReader() }

  func body(_ request: ChatRequest, _ target: Target) -> [String: JSONValue] {
    let learned = target.learned
    var body: [String: JSONValue] = ["model": .string(target.model), "stream": true]
    body["stream_options"] = ["include_usage": true]
    let rule = max(target.configuration.roles ?? .none, learned.roles ?? .none)
    let messages = RoleRules.shape(request.messages, rule, systemAsUser: learned.systemRole == .user)
    body["messages"] = .array(messages.map { message($0, learned) })
    if let tokens = target.tokens(for: request.maxTokens) {
      body[learned.tokensMember ?? Self.usualTokensMember(target)] = .integer(Int64(tokens))
    }
    if request.wantsJSON { body["response_format"] = ["type": "json_object"] }
    addSampling(request, target, &body)
    for name in learned.dropped { body[name] = nil }
    // What the owner writes by hand is not ours to judge.
    for (name, value) in request.sampling.extra ?? [:] { body[name] = value }
    return body
  }

  private func addSampling(
    _ request: ChatRequest, _ target: Target, _ body: inout [String: JSONValue]
  ) {
    let sampling = request.sampling
    body["temperature"] = sampling.temperature.map { .number($0) }
    body["top_p"] = sampling.topP.map { .number($0) }
    body["presence_penalty"] = sampling.presence.map { .number($0) }
    body["frequency_penalty"] = sampling.frequency.map { .number($0) }
    body["seed"] = sampling.seed.map { .integer($0) }
    // Four is what OpenAI takes; all of them are applied here as well.
    if !request.stops.isEmpty { body["stop"] = .array(request.stops.prefix(4).map { .string($0) }) }
    guard !Self.isOpenAI(target.configuration) else { return }
    body["top_k"] = sampling.topK.map { .integer(Int64($0)) }
    body["min_p"] = sampling.minP.map { .number($0) }
    body["repetition_penalty"] = sampling.repeatPenalty.map { .number($0) }
    if HTTPURL.isLoopback(target.configuration.url) {
      // llama.cpp's and LM Studio's name for it.
      body["repeat_penalty"] = body["repetition_penalty"]
    }
  }

  private func message(_ message: ChatRequest.Message, _ learned: Learned) -> JSONValue {
    var role = message.role.rawValue
    if message.role == .system, learned.systemRole == .developer { role = "developer" }
    let hasPictures = message.parts.contains { if case .image = $0 { true } else { false } }
    guard hasPictures else { return ["role": .string(role), "content": .string(message.text)] }
    let parts: [JSONValue] = message.parts.map { part in
      switch part {
      case .text(let text): ["type": "text", "text": .string(text)]
      case .image(let bytes, let mime):
        [
          "type": "image_url",
          "image_url": ["url": .string("data:\(mime);base64,\(Base64.encode(bytes))")],
        ]
      }
    }
    return ["role": .string(role), "content": .array(parts)]
  }

  static func isOpenAI(_ configuration: ProviderConfiguration) -> Bool {
    HTTPURL.host(of: configuration.url) == "api.openai.com"
  }

  /// Only OpenAI's own newer models refuse the old name, and only they are sure to know the new one.
  private static func usualTokensMember(_ target: Target) -> String {
    isOpenAI(target.configuration) ? "max_completion_tokens" : "max_tokens"
  }

  func learn(from error: ServerError, sent: [String: JSONValue], _ learned: inout Learned) -> Bool {
    Lessons.learn(
      from: error, sent: sent,
      optional: [
        "stream_options", "temperature", "top_p", "top_k", "min_p", "repetition_penalty", "repeat_penalty",
        "presence_penalty", "frequency_penalty", "seed", "stop", "response_format",
      ], &learned)
  }
}
