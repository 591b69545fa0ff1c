public enum JobEnded: Topic {
  public static let name = "job.ended"
  public static let summary = "A job is over: there is a picture, or a reason why not"
  public static let isState = false
  public static let example = Payload(job: .exampleOver)

  public typealias Payload = JobCreated.Payload
}
