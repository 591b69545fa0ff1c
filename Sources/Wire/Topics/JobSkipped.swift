public enum JobSkipped: Topic {
  public static let name = "job.skipped"
  public static let summary = "A picture that would have come by itself was left out"
  public static let isState = false
  public static let example = Payload(job: .exampleSkipped)

  public typealias Payload = JobCreated.Payload
}
