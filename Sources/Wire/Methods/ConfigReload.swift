/// Reads the configuration again.
public enum ConfigReload: Method {
  public typealias Params = Empty

  public static let name = "config.reload"
  public static let summary = "Reads the configuration again and applies it"
  public static let documentation = """
    All or nothing: when any source has a problem, `applied` is false, `problems` names them, and everything stays as it was. \
    No connection, call or stream is dropped. Members that take effect only at a start are listed under `restart`. \
    Who subscribed to `server.config` is told. SIGHUP does the same.
    """
  public static let access = MethodAccess.reads
  public static let scope = MethodScope.admin
  public static let example = MethodExample(
    Empty(), Result(changed: ["limits.messagesPerMinute", "log.level"], restart: []))

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var applied: Bool
    public var changed: [String]
    public var restart: [String]
    public var problems: [ConfigProblem]?

    public init(changed: [String], restart: [String]) {
      applied = true
      self.changed = changed
      self.restart = restart
    }

    /// Nothing was applied.
    public init(problems: [ConfigProblem]) {
      applied = false
      changed = []
      restart = []
      self.problems = problems
    }

    public static let fields = [
      "applied": "Whether the new configuration is in force.",
      "changed": "Paths of the members that are different now, in alphabetical order.",
      "restart": "Those of them that wait for a restart.",
      "problems": "Why nothing was applied.",
    ]
  }
}
