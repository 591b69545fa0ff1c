public import Base
public import Model

/// A picture changed by words.
public enum ImageEdit: Method {
  public static let name = "image.edit"
  public static let summary = "Changes a picture by an instruction"
  public static let documentation = """
    The picture stays as it is; the changed one is a new one of the kind `edit`. Done by the configuration's `edit` \
    provider; where there is none, `unsupported` says so.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .rateLimited, .providerUnavailable, .providerRefused, .refused, .storageFull, .storageFailed,
    .unsupported,
  ]
  public static let example = MethodExample(
    Params(image: Example.image, instruction: "at night"), Result(job: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var image: ULID
    public var instruction: String
    public var provider: String?

    public init(image: ULID, instruction: String, provider: String? = nil) {
      self.image = image
      self.instruction = instruction
      self.provider = provider
    }

    public static let fields = [
      "image": "Which picture.",
      "instruction": "What is to be different, at most 8,192 bytes.",
      "provider": "Who changes it; the configuration's `edit` when absent.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var job: Job

    public init(job: Job) { self.job = job }

    public static let fields = [
      "job": "The job."
    ]
  }
}
