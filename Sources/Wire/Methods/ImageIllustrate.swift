public import Base
public import Model

/// A picture of what a reply tells.
public enum ImageIllustrate: Method {
  public static let name = "image.illustrate"
  public static let summary = "Makes a picture for a message"
  public static let documentation = """
    A job is queued and answered at once; the picture belongs to the message and comes as `image.created`. The prompt \
    is the one `prompt.preview` shows with `picture`. One that waits for the same message is answered again.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [
    .notFound, .rateLimited, .providerUnavailable, .providerRefused, .refused, .storageFull, .storageFailed,
  ]
  public static let example = MethodExample(
    Params(message: Example.reply), Result(job: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var message: ULID
    public var provider: String?

    public init(message: ULID, provider: String? = nil) {
      self.message = message
      self.provider = provider
    }

    public static let fields = [
      "message": "Which message.",
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
