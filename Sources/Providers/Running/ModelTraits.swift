/// What can be told of models from the servers' lists, and, where they say nothing, from names everybody knows.
enum ModelTraits {
  /// The windows a configuration may name too.
  static let windows = 1024...16_777_216

  /// How much a model reads. Some write 0 or -1 where they do not know, some an absurdity where they know no limit.
  private static func window(_ json: LooseJSON?) -> Int? {
    guard let tokens = json?.integer, tokens >= windows.lowerBound else { return nil }
    return min(tokens, windows.upperBound)
  }

  /// The lists of OpenAI and its kin, Anthropic and Ollama. Entries without a name are left out.
  static func list(_ json: LooseJSON, provider: String) -> [ModelInfo] {
    let entries = json["data"]?.array ?? json["models"]?.array ?? json.array ?? []
    var seen: Set<String> = []
    var models: [ModelInfo] = []
    for entry in entries {
      guard models.count < ModelCatalogue.maxModels,
        let name = entry["id"]?.string ?? entry["model"]?.string ?? entry["name"]?.string ?? entry.string,
        !name.isEmpty, name.utf8.count <= ModelCatalogue.maxNameBytes, !name.contains(where: \.isNewline),
        seen.insert(name).inserted
      else { continue }
      var model = ModelInfo(provider: provider, name: name, capabilities: guess(name))
      model.contextTokens =
        window(entry["context_length"]) ?? window(entry["max_model_len"]) ?? window(entry["context_size"])
        ?? window(entry["max_input_tokens"])
      for word in entry["architecture"]?["input_modalities"]?.array ?? [] where word.string == "image" {
        model.capabilities.insert(.vision)
      }
      for word in entry["supported_parameters"]?.array ?? [] {
        switch word.string {
        case "reasoning", "include_reasoning": model.capabilities.insert(.reasoning)
        case "tools": model.capabilities.insert(.tools)
        case "response_format", "structured_outputs": model.capabilities.insert(.json)
        default: break
        }
      }
      models.append(model)
    }
    return models
  }

  /// Ollama's `/api/show`.
  static func describe(_ model: inout ModelInfo, _ json: LooseJSON) {
    for word in json["capabilities"]?.array ?? [] {
      switch word.string {
      case "vision": model.capabilities.insert(.vision)
      case "thinking": model.capabilities.insert(.reasoning)
      case "tools": model.capabilities.insert(.tools)
      case "embedding": model.capabilities.insert(.embedding)
      case "completion": model.capabilities.insert(.json)
      default: break
      }
    }
    guard let architecture = json["model_info"]?["general.architecture"]?.string else { return }
    model.contextTokens =
      window(json["model_info"]?["\(architecture).context_length"]) ?? model.contextTokens
  }

  static func guess(_ name: String) -> ModelInfo.Capabilities {
    var found: ModelInfo.Capabilities = []
    let name = (name.split(separator: "/").last ?? "").lowercased()
    func has(_ parts: String...) -> Bool { parts.contains { name.contains($0) } }
    func begins(_ parts: String...) -> Bool { parts.contains { name.hasPrefix($0) } }
    if has("embed", "bge-", "e5-") { return [.embedding] }
    if has("-vl", "vision", "llava", "pixtral", "gemma-3", "gemma3", "minicpm-v", "moondream")
      || begins("gpt-4o", "gpt-4.1", "gpt-5", "claude-", "gemini-")
    {
      found.insert(.vision)
    }
    if has("-r1", "qwq", "thinking", "reasoner", "magistral", "gpt-oss") || begins("o1", "o3", "o4", "gpt-5")
    {
      found.insert(.reasoning)
    }
    if begins("gpt-", "o1", "o3", "o4", "gemini-", "mistral-", "deepseek-") {
      found.formUnion([.json, .tools])
    }
    if begins("claude-") { found.insert(.tools) }
    return found
  }
}
