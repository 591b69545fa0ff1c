public import Base
public import Model

/// Another of the same.
public enum ImageAgain: Method {
  public static let name = "image.again"
  public static let summary = "Makes a picture once more"
  public static let documentation = """
    With everything it was asked for with, and another seed, or the one that is named. The new picture belongs where \
    the old one does.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .rateLimited, .providerUnavailable, .providerRefused, .refused, .storageFull, .storageFailed,
  ]
  public static let example = MethodExample(
    Params(image: Example.image, seed: "42"), Result(job: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var image: ULID
    public var seed: String?

    public init(image: ULID, seed: String? = nil) {
      self.image = image
      self.seed = seed
    }

    public static let fields = [
      "image": "Which picture.",
      "seed": "A decimal number below 2^64; a new one is drawn when absent.",
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
