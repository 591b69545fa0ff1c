public enum ServerLost: Topic {
  public static let name = "server.lost"
  public static let summary = "Events were lost because this connection read too slowly"
  public static let isState = false
  public static let example = Payload(from: 123, to: 4218)

  public struct Payload: Codable, Hashable, Sendable, Documented {
    public var from: Int64
    public var to: Int64

    public init(from: Int64, to: Int64) {
      self.from = from
      self.to = to
    }

    public static let fields = [
      "from": "The `seq` of the first event that may be lost.",
      "to": "The `seq` of the last; `sync.changes` tells what is different since.",
    ]
  }
}
