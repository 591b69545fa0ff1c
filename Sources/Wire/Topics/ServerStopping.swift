public enum ServerStopping: Topic {
  public static let name = "server.stopping"
  public static let summary = "The daemon is going to stop; running calls may end"
  public static let isState = true
  public static let example = Payload(retryMs: 50)

  public struct Payload: Codable, Hashable, Sendable, Documented {
    public var retryMs: Int64?

    public init(retryMs: Int64? = nil) { self.retryMs = retryMs }

    public static let fields = ["retryMs": "When a new connection makes sense; absent when nobody knows."]
  }
}
