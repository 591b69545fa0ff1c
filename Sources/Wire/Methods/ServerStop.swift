/// Asks the daemon to end.
public enum ServerStop: Method {
  public typealias Result = Empty

  public static let name = "server.stop"
  public static let summary = "Stops the daemon in good order"
  public static let documentation = """
    Answers at once. The daemon then takes no new connections, answers new calls with `stopping`, lets running ones end for \
    `graceMs`, sends `server.closing` on every connection and exits. Under socket activation the next connection \
    starts it again. SIGTERM does the same.
    """
  public static let access = MethodAccess.reads
  public static let scope = MethodScope.admin
  public static let example = MethodExample(Params(graceMs: 2000), Empty())

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var graceMs: Int64?

    public init(graceMs: Int64? = nil) { self.graceMs = graceMs }

    public static let fields = [
      "graceMs": "How long running calls may go on: 0 to 60000; the configuration's grace when absent."
    ]
  }
}
