public import Base

/// Asks to be told of what happens.
public enum EventsSubscribe: Method {
  public static let name = "events.subscribe"
  public static let summary = "Subscribes this connection to topics"
  public static let documentation = """
    Every event of the caller's vault whose topic begins with one of `topics` comes as the notification `event`, in commit \
    order, once per connection however many subscriptions match. With `since`, what the daemon still remembers after that \
    `seq` follows the reply and then the live events, without a seam; `missed` tells that some were no longer there \
    (another `boot` included): then `sync.changes` since the last `change` is the way. Filters leave holes in \
    `seq`: only `missed` and the topic `server.lost` mean loss. A subscription ends with its connection.
    """
  public static let access = MethodAccess.streams
  public static let errors: [ErrorCode] = [.tooLarge]
  public static let example = MethodExample(
    Params(topics: ["settings", "chat"], since: Since(boot: "01JD7Q2M4X8YV5T3N9C6B1R0ZK", seq: 118)),
    Result(
      subscription: "s1", boot: "01JD7Q2M4X8YV5T3N9C6B1R0ZK", seq: 121, change: 4711, missed: false))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var topics: [String]
    public var chats: [ULID]?
    public var companions: [ULID]?
    public var since: Since?

    public init(
      topics: [String], chats: [ULID]? = nil, companions: [ULID]? = nil, since: Since? = nil
    ) {
      self.topics = topics
      self.chats = chats
      self.companions = companions
      self.since = since
    }

    public static let fields = [
      "topics":
        "Prefixes in whole words: `chat` stands for every topic that begins with `chat.`; `[\"\"]` is everything.",
      "chats": "Of topics about a chat, only these chats.",
      "companions": "Of topics about a companion, only these companions.",
      "since": "Where an earlier connection left off.",
    ]
  }

  public struct Since: Codable, Hashable, Sendable, Documented {
    public var boot: String
    public var seq: Int64

    public init(boot: String, seq: Int64) {
      self.boot = boot
      self.seq = seq
    }

    public static let fields = [
      "boot": "The `boot` that `seq` belongs to.",
      "seq": "The last event seen.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var subscription: String
    public var boot: String
    public var seq: Int64
    public var change: Int64
    public var missed: Bool

    public init(subscription: String, boot: String, seq: Int64, change: Int64, missed: Bool) {
      self.subscription = subscription
      self.boot = boot
      self.seq = seq
      self.change = change
      self.missed = missed
    }

    public static let fields = [
      "subscription": "Its name on this connection.",
      "boot": "The daemon's present `boot`.",
      "seq": "The last event there was when the subscription began; what is replayed is up to it.",
      "change": "The vault's counter at that moment.",
      "missed": "Whether events after `since` are lost.",
    ]
  }
}
