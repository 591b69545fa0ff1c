public import Base
public import Model

/// A picture of anything.
public enum ImageImagine: Method {
  public static let name = "image.imagine"
  public static let summary = "Makes pictures from words"
  public static let documentation = """
    Jobs are queued and answered at once; the pictures come as `image.created`. What a provider does not know is left \
    out of its request. What is against the rating of the companion or of the owner's settings is `refused`.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .rateLimited, .providerUnavailable, .providerRefused, .refused, .storageFull, .storageFailed,
    .tooLarge, .unsupported,
  ]
  public static let example = MethodExample(
    Params(prompt: "a lighthouse in a storm, oil painting", width: 768, height: 512),
    Result(jobs: [.example]))

  public struct HighResolution: Codable, Hashable, Sendable, Documented {
    public var scale: Double
    public var upscaler: String?
    public var steps: Int?
    public var strength: Double?

    public init(scale: Double, upscaler: String? = nil, steps: Int? = nil, strength: Double? = nil) {
      self.scale = scale
      self.upscaler = upscaler
      self.steps = steps
      self.strength = strength
    }

    public static let fields = [
      "scale": "How much larger, 1 to 4.",
      "upscaler": "By what, as `image.options` lists them.",
      "steps": "0 to 200.",
      "strength": "How much may change, 0 to 1.",
    ]
  }

  public struct Lora: Codable, Hashable, Sendable, Documented {
    public var name: String
    public var weight: Double?

    public init(name: String, weight: Double? = nil) {
      self.name = name
      self.weight = weight
    }

    public static let fields = [
      "name": "As `image.options` lists it.",
      "weight": "How much of it, -10 to 10; 1 when absent.",
    ]
  }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var prompt: String
    public var negative: String?
    public var provider: String?
    public var checkpoint: String?
    public var vae: String?
    public var clipSkip: Int?
    public var width: Int?
    public var height: Int?
    public var steps: Int?
    public var cfg: Double?
    public var sampler: String?
    public var scheduler: String?
    public var seed: String?
    public var count: Int?
    public var hires: HighResolution?
    public var source: ULID?
    public var mask: ULID?
    public var strength: Double?
    public var loras: [Lora]?
    public var styles: [String]?
    public var extra: [String: JSONValue]?
    public var companion: String?

    public init(
      prompt: String, negative: String? = nil, provider: String? = nil, checkpoint: String? = nil,
      vae: String? = nil, clipSkip: Int? = nil, width: Int? = nil, height: Int? = nil, steps: Int? = nil,
      cfg: Double? = nil, sampler: String? = nil, scheduler: String? = nil, seed: String? = nil,
      count: Int? = nil, hires: HighResolution? = nil, source: ULID? = nil, mask: ULID? = nil,
      strength: Double? = nil, loras: [Lora]? = nil, styles: [String]? = nil,
      extra: [String: JSONValue]? = nil, companion: String? = nil
    ) {
      self.prompt = prompt
      self.negative = negative
      self.provider = provider
      self.checkpoint = checkpoint
      self.vae = vae
      self.clipSkip = clipSkip
      self.width = width
      self.height = height
      self.steps = steps
      self.cfg = cfg
      self.sampler = sampler
      self.scheduler = scheduler
      self.seed = seed
      self.count = count
      self.hires = hires
      self.source = source
      self.mask = mask
      self.strength = strength
      self.loras = loras
      self.styles = styles
      self.extra = extra
      self.companion = companion
    }

    public static let fields = [
      "prompt": "What is to be seen, at most 8,192 bytes.",
      "negative": "What is not.",
      "provider":
        "Who draws, such as `forge` or `fal/flux/schnell`; the configuration's `picture` when absent.",
      "checkpoint": "Which model, as `image.options` lists them.",
      "vae": "Which decoder.",
      "clipSkip": "Layers to leave out, 1 to 12.",
      "width": "In pixels, 64 to 4,096.",
      "height": "In pixels, 64 to 4,096.",
      "steps": "1 to 200.",
      "cfg": "How closely the prompt is followed, 0 to 50.",
      "sampler": "How to go from noise to picture.",
      "scheduler": "In which steps.",
      "seed": "A decimal number below 2^64; drawn when absent.",
      "count": "How many, each a job of its own, 1 to 8.",
      "hires": "A second pass at a larger size.",
      "source": "A picture of yours to start from.",
      "mask": "One that is white where `source` may change.",
      "strength": "How far from `source` it may go, 0 to 1.",
      "loras": "At most 16 small additions to the model.",
      "styles": "At most 32 prompts the provider keeps under a name.",
      "extra": "Members of the provider's own request, 16 KiB at most.",
      "companion": "Whose it is: an id, a handle, or an unambiguous beginning; its rating holds.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var jobs: [Job]

    public init(jobs: [Job]) { self.jobs = jobs }

    public static let fields = [
      "jobs": "One for each picture."
    ]
  }
}
