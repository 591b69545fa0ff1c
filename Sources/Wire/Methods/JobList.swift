public import Model

/// Jobs of an owner, a page at a time.
public enum JobList: Method {
  public static let name = "job.list"
  public static let summary = "Lists jobs, the newest first"
  public static let documentation = """
    With `active` only those that wait or run. Ask again with `cursor` set to `next` until it is absent.
    """
  public static let access = MethodAccess.reads
  public static let example = MethodExample(
    Params(), Result(jobs: [.example]))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var active: Bool?
    public var cursor: String?
    public var limit: Int?

    public init(active: Bool? = nil, cursor: String? = nil, limit: Int? = nil) {
      self.active = active
      self.cursor = cursor
      self.limit = limit
    }

    public static let fields = [
      "active": "Only those that are not over.",
      "cursor": "As `next` of the page before.",
      "limit": "How many to give at most.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var jobs: [Job]
    public var next: String?

    public init(jobs: [Job], next: String? = nil) {
      self.jobs = jobs
      self.next = next
    }

    public static let fields = [
      "jobs": "The page.",
      "next": "Where the next page begins; absent at the end.",
    ]
  }
}
