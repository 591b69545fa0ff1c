public import Base
public import Model

/// One job.
public enum JobGet: Method {
  public static let name = "job.get"
  public static let summary = "Tells of a job"
  public static let documentation = """
    How it is and how far; changes come as events.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound]
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
      "job": "The job."
    ]
  }
}
