import Model

/// Ollama's own `/api/chat`, not its imitation of OpenAI: only here can the window be asked for.
struct OllamaDialect: Dialect {
  var framing: Framing { .lines }

  func address(_ configuration: ProviderConfiguration) -> String { configuration.url + "/api/chat" }

  /// Behind a proxy it may want a key.
  func headers(_ configuration: ProviderConfiguration) -> [(name: String, value: String)] {
    configuration.key.map { [("Authorization", "Bearer \($0)")] } ?? []
  }

  func makeReader() -> any DialectReader { OllamaReader() }

  func body(_ request: ChatRequest, _ target: Target) -> [String: JSONValue] {
    var options: [String: JSONValue] = [:]
    // Without it the server's default applies, and what does not fit is dropped from the front, silently.
    options["num_ctx"] = target.contextTokens.map { .integer(Int64($0)) }
    options["num_predict"] = target.tokens(for: request.maxTokens).map { .integer(Int64($0)) }
    let sampling = request.sampling
    options["temperature"] = sampling.temperature.map { .number($0) }
    options["top_p"] = sampling.topP.map { .number($0) }
    options["top_k"] = sampling.topK.map { .integer(Int64($0)) }
    options["min_p"] = sampling.minP.map { .number($0) }
    options["repeat_penalty"] = sampling.repeatPenalty.map { .number($0) }
    options["presence_penalty"] = sampling.presence.map { .number($0) }
    options["frequency_penalty"] = sampling.frequency.map { .number($0) }
    options["seed"] = sampling.seed.map { .integer($0) }
    if !request.stops.isEmpty { options["stop"] = .array(request.stops.map { .string($0) }) }
    for (name, value) in sampling.extra ?? [:] { options[name] = value }
    var body: [String: JSONValue] = [
      "model": .string(target.model), "stream": true, "options": .object(options),
    ]
    let messages = RoleRules.shape(
      request.messages, target.configuration.roles ?? .none, systemAsUser: target.learned.systemRole == .user)
    body["messages"] = .array(messages.map(message))
    if request.wantsJSON { body["format"] = "json" }
    // Told apart from the text by the server; models that cannot think refuse the wish.
    if target.capabilities.contains(.reasoning) { body["think"] = true }
    for name in target.learned.dropped { body[name] = nil }
    return body
  }

  private func message(_ message: ChatRequest.Message) -> JSONValue {
    var object: [String: JSONValue] = [
      "role": .string(message.role.rawValue), "content": .string(message.text),
    ]
    let pictures: [JSONValue] = message.parts.compactMap { part in
      if case .image(let bytes, _) = part { .string(Base64.encode(bytes)) } else { nil }
    }
    if !pictures.isEmpty { object["images"] = .array(pictures) }
    return .object(object)
  }

  func learn(from error: ServerError, sent: [String: JSONValue], _ learned: inout Learned) -> Bool {
    if error.status == 400, sent["think"] != nil, error.message.contains("thinking") {
      return learned.dropped.insert("think").inserted
    }
    return Lessons.learn(from: error, sent: sent, optional: ["format"], &learned)
  }
}

struct OllamaReader: DialectReader {
  mutating func read(_ json: LooseJSON, _ take: (ServerEvent) -> Void) {
    if let error = ServerError(in: json) { return take(.error(error)) }
    if let message = json["message"] {
      if let thought = message["thinking"]?.bytes, !thought.isEmpty { take(.reasoning(thought)) }
      if let text = message["content"]?.bytes, !text.isEmpty { take(.text(text)) }
    }
    guard json["done"]?.bool == true else { return }
    if let completion = json["eval_count"]?.count {
      take(.usage(TokenUsage(prompt: json["prompt_eval_count"]?.count ?? 0, completion: completion)))
    }
    take(.finish(json["done_reason"]?.string ?? "stop"))
    take(.done)
  }
}
