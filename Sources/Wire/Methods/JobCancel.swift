public import Base
public import Model

/// Not any more.
public enum JobCancel: Method {
  public static let name = "job.cancel"
  public static let summary = "Cancels a job"
  public static let documentation = """
    From any client and in every state; the provider is told where it is our job that runs there. A job that is over \
    stays as it is.
    """
  public static let access = MethodAccess.writes
  public static let errors: [ErrorCode] = [.notFound, .storageFull, .storageFailed]
  public static let example = MethodExample(
    Params(job: Example.job), Result(job: .exampleCancelled))

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
