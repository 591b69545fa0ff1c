import HTTP

/// One provider of pictures as its owner described it, with the secret already looked up and the workflow already read. Plain
/// values: the composition root makes them of what Config has read.
package struct PictureConfiguration: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case forge, comfyui, fal
    case openaiImages = "openai-images"
    /// Drawn here, by rules.
    case placeholder, offline

    var isDrawnHere: Bool { self == .placeholder || self == .offline }

    package var defaultURL: String {
      switch self {
      case .forge: "http://127.0.0.1:7860"
      case .comfyui: "http://127.0.0.1:8188"
      case .fal: "https://queue.fal.run"
      case .openaiImages: "https://api.openai.com/v1"
      case .placeholder, .offline: ""
      }
    }
  }

  /// What orders are addressed by: `name`, or `name/model`.
  package var name: String
  package var kind: Kind
  /// Taken verbatim, but for slashes at its end.
  package var url: String
  package var key: String?
  /// The first is what `name` alone means.
  package var models: [String]
  /// How many orders it is to have at a time: for the queue, which counts them.
  package var concurrency: Int
  package var connectTimeout: Duration
  /// From the order to the picture, the wait in the server's own queue included.
  package var totalTimeout: Duration
  /// Sent with each request, for gateways that want more than a key.
  package var headers: [String: String]
  /// ComfyUI's graph as it was saved for the API, as JSON text; nil is the one built in.
  package var workflow: String?

  package init(
    name: String, kind: Kind, url: String? = nil, key: String? = nil, models: [String] = [],
    concurrency: Int? = nil, connectTimeout: Duration = .seconds(10), totalTimeout: Duration = .seconds(900),
    headers: [String: String] = [:], workflow: String? = nil
  ) {
    self.name = name
    self.kind = kind
    var url = url ?? kind.defaultURL
    while url.hasSuffix("/") { url.removeLast() }
    self.url = url
    self.key = key
    self.models = models
    // One graphics card makes one picture at a time.
    self.concurrency = max(1, concurrency ?? (kind == .fal || kind == .openaiImages ? 4 : 1))
    self.connectTimeout = connectTimeout
    self.totalTimeout = totalTimeout
    self.headers = headers
    self.workflow = workflow
  }

  /// What there is when nothing is configured.
  package static let builtIn = [
    PictureConfiguration(name: "offline", kind: .offline),
    PictureConfiguration(name: "placeholder", kind: .placeholder),
  ]
}
