public import Model

public enum JobCreated: Topic {
  public static let name = "job.created"
  public static let summary = "A picture was asked for"
  public static let isState = false
  public static let example = Payload(job: .example)

  public struct Payload: Codable, Hashable, Sendable, Documented {
    public var job: Job

    public init(job: Job) { self.job = job }

    public static let fields = [
      "job": "The job."
    ]
  }
}
