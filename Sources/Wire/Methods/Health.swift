/// Whether all is well, for monitors.
public enum Health: Method {
  public typealias Params = Empty

  public static let name = "health"
  public static let summary = "Checks what the daemon depends on"
  public static let documentation = """
    Really tries each thing: the vault's writer is made to run an empty operation, the disk is asked for its free \
    space. It is a result, not an error, when something is wrong: `ok` is false and the check's `detail` says what a person can do.
    """
  public static let access = MethodAccess.reads
  public static let example = MethodExample(
    Empty(),
    Result(checks: [
      Check(name: "storage.writer", ok: true, latencyMs: 0.21),
      Check(name: "storage.space", ok: false, detail: "3 MiB are free in /home; new writes may be refused."),
    ]))

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var ok: Bool
    public var checks: [Check]

    /// All is well when every check is.
    public init(checks: [Check]) {
      ok = checks.allSatisfy(\.ok)
      self.checks = checks
    }

    public static let fields = [
      "ok": "Whether all checks are.",
      "checks": "What was looked at, in a fixed order.",
    ]
  }

  public struct Check: Codable, Hashable, Sendable, Documented {
    public var name: String
    public var ok: Bool
    public var detail: String?
    public var latencyMs: Double?

    public init(name: String, ok: Bool, detail: String? = nil, latencyMs: Double? = nil) {
      self.name = name
      self.ok = ok
      self.detail = detail
      self.latencyMs = latencyMs
    }

    public static let fields = [
      "name": "A stable word for programs, such as `storage.writer`.",
      "ok": "Whether this one is well.",
      "detail": "One plain sentence; there when something is wrong or worth knowing.",
      "latencyMs": "How long the try took, where that means something.",
    ]
  }
}
