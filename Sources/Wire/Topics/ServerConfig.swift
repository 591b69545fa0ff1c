public enum ServerConfig: Topic {
  public static let name = "server.config"
  public static let summary = "The daemon's configuration was read again and applied"
  public static let isState = false
  public static let example = Payload(changed: ["log.level"])

  public struct Payload: Codable, Hashable, Sendable, Documented {
    public var changed: [String]

    public init(changed: [String]) { self.changed = changed }

    public static let fields = [
      "changed": "Paths of the members that are different now, in alphabetical order."
    ]
  }
}
