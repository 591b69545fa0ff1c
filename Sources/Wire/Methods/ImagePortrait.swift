public import Model

/// A companion's face.
public enum ImagePortrait: Method {
  public static let name = "image.portrait"
  public static let summary = "Makes a companion's portrait"
  public static let documentation = """
    From its appearance and its default outfit. A job is queued and answered at once; when it is done the picture \
    becomes the companion's `portrait`.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .rateLimited, .providerUnavailable, .providerRefused, .refused, .storageFull, .storageFailed,
  ]
  public static let example = MethodExample(
    Params(companion: "ada"), Result(job: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var companion: String
    public var provider: String?

    public init(companion: String, provider: String? = nil) {
      self.companion = companion
      self.provider = provider
    }

    public static let fields = [
      "companion": "An id, a handle, or an unambiguous beginning.",
      "provider": "Who draws; the configuration's `picture` when absent.",
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
