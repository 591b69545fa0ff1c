/// Servers on this machine that a configuration could name.
public enum ProviderProbe: Method {
  public typealias Params = Empty

  public static let name = "provider.probe"
  public static let summary = "Looks for model servers on this machine"
  public static let documentation = """
    Asks the ports that Ollama, llama.cpp, LM Studio, KoboldCpp, vLLM, Forge and ComfyUI usually have, all at once, each for at \
    most 300 ms, and only on 127.0.0.1. `kind` and `url` are what a provider of the configuration takes.
    """
  public static let access = MethodAccess.reads
  public static let scope = MethodScope.admin
  public static let example = MethodExample(
    Empty(),
    Result(found: [
      Found(kind: "ollama", url: "http://127.0.0.1:11434", models: ["gemma3:12b"], latencyMs: 2.1)
    ]))

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var found: [Found]

    public init(found: [Found]) { self.found = found }

    public static let fields = ["found": "Those that answered as such a server does."]
  }

  public struct Found: Codable, Hashable, Sendable, Documented {
    public var kind: String
    public var url: String
    public var models: [String]
    public var latencyMs: Double

    public init(kind: String, url: String, models: [String], latencyMs: Double) {
      self.kind = kind
      self.url = url
      self.models = models
      self.latencyMs = latencyMs
    }

    public static let fields = [
      "kind": "What it speaks.",
      "url": "Where it is.",
      "models": "What it has, by its own names.",
      "latencyMs": "How long the answer took.",
    ]
  }
}
