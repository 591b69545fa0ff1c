public import Model

/// Something happened that this connection subscribed to.
public enum EventNotification: Notification {
  public static let name = "event"
  public static let summary = "Something happened that this connection subscribed to"
  public static let documentation = """
    In commit order. Holes in `seq` are events that no subscription of this connection asked for, or that a later one \
    about the same thing has replaced while the peer did not read.
    """
  public static let example = Params(
    seq: 122, topic: SettingsChanged.name, data: ["change": 4711, "changed": ["reuse"], "revision": 3])

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var seq: Int64
    public var topic: String
    public var data: JSONValue

    public init(seq: Int64, topic: String, data: JSONValue) {
      self.seq = seq
      self.topic = topic
      self.data = data
    }

    public static let fields = [
      "seq": "Its number in the owner's events since the daemon's start.",
      "topic": "What it is about.",
      "data": "As the topic says.",
    ]
  }
}
