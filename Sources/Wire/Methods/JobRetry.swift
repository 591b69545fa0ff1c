public import Base
public import Model

/// Once more.
public enum JobRetry: Method {
  public static let name = "job.retry"
  public static let summary = "Tries a job again that failed or was cancelled"
  public static let documentation = """
    It waits in the queue like a new one, with its attempts counted anew. A job that waits for its next try is tried \
    at once. One that runs or has succeeded is `conflict`.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .conflict, .rateLimited, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(job: Example.job), Result(job: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var job: ULID

    public init(job: ULID) { self.job = job }

    public static let fields = [
      "job": "Which one."
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var job: Job

    public init(job: Job) { self.job = job }

    public static let fields = [
      "job": "The job as it is now."
    ]
  }
}
