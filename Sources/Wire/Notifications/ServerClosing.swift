/// The daemon's last word on a connection.
public enum ServerClosing: Notification {
  public static let name = "server.closing"
  public static let summary = "The daemon is about to close this connection"
  public static let documentation = """
    The last line of a connection that the daemon closes of its own accord. Reconnect at once, then after 50 ms doubling \
    to 2 s, unless the reason is `forbidden`.
    """
  public static let example = Params(reason: .stopping, retryMs: 50)

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var reason: Reason
    public var retryMs: Int64?

    public init(reason: Reason, retryMs: Int64? = nil) {
      self.reason = reason
      self.retryMs = retryMs
    }

    public static let fields = [
      "reason": "Why.",
      "retryMs": "When it makes sense to try again.",
    ]
  }

  /// A reason this client does not know survives as its word.
  public struct Reason: RawRepresentable, Codable, Hashable, Sendable, CaseIterable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let stopping = Reason(rawValue: "stopping")
    public static let tooManyConnections = Reason(rawValue: "too_many_connections")
    public static let forbidden = Reason(rawValue: "forbidden")
    public static let `protocol` = Reason(rawValue: "protocol")
    public static let idleExit = Reason(rawValue: "idle_exit")

    public static let allCases = [stopping, tooManyConnections, forbidden, `protocol`, idleExit]
  }
}
