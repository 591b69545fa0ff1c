/// What a provider of pictures offers.
public enum ImageOptions: Method {
  public static let name = "image.options"
  public static let summary = "Lists what a provider of pictures offers"
  public static let documentation = """
    As the provider itself lists it, for the parameters of `image.imagine`. A list is empty where the provider has no \
    such choice.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound, .providerUnavailable, .providerRefused]
  public static let example = MethodExample(
    Params(provider: "forge"),
    Result(
      provider: "forge", checkpoints: ["realistic.safetensors"], samplers: ["Euler a"],
      schedulers: ["Karras"], vaes: [],
      upscalers: ["Latent"], loras: [], styles: [], models: []))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var provider: String?

    public init(provider: String? = nil) { self.provider = provider }

    public static let fields = [
      "provider": "Which; the configuration's `picture` when absent."
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var provider: String
    public var checkpoints: [String]
    public var samplers: [String]
    public var schedulers: [String]
    public var vaes: [String]
    public var upscalers: [String]
    public var loras: [String]
    public var styles: [String]
    public var models: [String]

    public init(
      provider: String, checkpoints: [String], samplers: [String], schedulers: [String], vaes: [String],
      upscalers: [String], loras: [String], styles: [String], models: [String]
    ) {
      self.provider = provider
      self.checkpoints = checkpoints
      self.samplers = samplers
      self.schedulers = schedulers
      self.vaes = vaes
      self.upscalers = upscalers
      self.loras = loras
      self.styles = styles
      self.models = models
    }

    public static let fields = [
      "provider": "Which was asked.",
      "checkpoints": "Models of pictures it has.",
      "samplers": "How it can go from noise to picture.",
      "schedulers": "In which steps.",
      "vaes": "Decoders it has.",
      "upscalers": "For `hires`.",
      "loras": "Small additions to a model.",
      "styles": "Prompts it keeps under a name.",
      "models": "Of a provider with several: each follows its name and a stroke.",
    ]
  }
}
