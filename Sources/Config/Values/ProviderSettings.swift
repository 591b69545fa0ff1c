/// What an upstream server speaks, or that there is none.
package enum ProviderKind: String, Sendable, Hashable, CaseIterable {
  /// OpenAI's chat completions, which nearly every server speaks.
  case openai
  case anthropic
  case ollama
  /// Stable Diffusion Forge, AUTOMATIC1111 and those that speak like them.
  case forge
  case fal
  case comfyui
  /// OpenAI's pictures.
  case openaiImages = "openai-images"
  /// Built in: a rule-based companion and simple portraits.
  case offline
  /// Built in: a plain picture that says what it stands for.
  case placeholder

  package var writesText: Bool {
    switch self {
    case .openai, .anthropic, .ollama, .offline: true
    case .forge, .fal, .comfyui, .openaiImages, .placeholder: false
    }
  }

  package var drawsPictures: Bool {
    switch self {
    case .forge, .fal, .comfyui, .openaiImages, .offline, .placeholder: true
    case .openai, .anthropic, .ollama: false
    }
  }

  package var editsPictures: Bool {
    switch self {
    case .forge, .fal, .comfyui, .openaiImages: true
    case .openai, .anthropic, .ollama, .offline, .placeholder: false
    }
  }

  package var embeds: Bool {
    switch self {
    case .openai, .ollama, .offline: true
    case .anthropic, .forge, .fal, .comfyui, .openaiImages, .placeholder: false
    }
  }

  /// Part of this program: no address, no key, no waiting.
  package var isBuiltIn: Bool { self == .offline || self == .placeholder }

  /// Where such a server usually is. `openai` has none: chats must not go to a company because a line was forgotten.
  package var usualURL: String? {
    switch self {
    case .openai, .offline, .placeholder: nil
    case .anthropic: "https://api.anthropic.com/v1"
    case .ollama: "http://127.0.0.1:11434"
    case .forge: "http://127.0.0.1:7860"
    case .comfyui: "http://127.0.0.1:8188"
    case .fal: "https://queue.fal.run"
    case .openaiImages: "https://api.openai.com/v1"
    }
  }
}

/// One entry of `providers`.
package struct ProviderSettings: Sendable, Equatable {
  package var name: String
  package var kind: ProviderKind
  /// nil for the built-in kinds only.
  package var url: BaseURL?
  package var key: Secret?
  /// Sent with every request, in the order of the file. The values may be secrets and are treated so.
  package var headers: [Header] = []
  /// What to offer. Empty: whatever the server lists.
  package var models: [String] = []
  /// Those that think before they write and need room for it.
  package var reasoning: [String] = []
  /// Requests at a time; a local server mostly has one slot.
  package var concurrency = 1
  /// How much of a conversation the model sees; nil: as the server says.
  package var contextTokens: Int?
  package var firstTokenTimeout: Duration = .seconds(120)
  /// Between two pieces that carry progress.
  package var tokenTimeout: Duration = .seconds(60)
  package var totalTimeout: Duration = .seconds(900)
  /// ComfyUI's graph, as an absolute path or one relative to the working folder.
  package var workflow: String?

  package struct Header: Sendable, Equatable {
    package let name: String
    package let value: Secret

    package init(name: String, value: Secret) {
      self.name = name
      self.value = value
    }
  }

  package init(name: String, kind: ProviderKind) {
    self.name = name
    self.kind = kind
  }

  /// These two are always there, so that the daemon works before anything is configured.
  package static let builtIn = [
    ProviderSettings(name: "offline", kind: .offline),
    ProviderSettings(name: "placeholder", kind: .placeholder),
  ]
}
