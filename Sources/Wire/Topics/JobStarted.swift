public enum JobStarted: Topic {
  public static let name = "job.started"
  public static let summary = "A picture is being made"
  public static let isState = false
  public static let example = Payload(job: .example)

  public typealias Payload = JobCreated.Payload
}
