public enum JobProgress: Topic {
  public static let name = "job.progress"
  public static let summary = "How far a picture is, or when it is tried again"
  public static let isState = true
  public static let example = Payload(job: .exampleRunning)

  public typealias Payload = JobCreated.Payload
}
