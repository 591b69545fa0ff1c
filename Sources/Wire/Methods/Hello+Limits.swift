public import Base

extension Hello {
  /// The limits a client has to know, in its own interest: past them calls fail.
  public struct Limits: Codable, Hashable, Sendable, Documented {
    public var maxLineBytes: Int
    public var maxDepth: Int
    public var maxBatch: Int
    public var maxIDBytes: Int
    public var maxKeyBytes: Int
    public var maxRunningCalls: Int
    public var maxWaitingBytes: Int
    public var maxUnreadBytes: Int
    public var maxConnections: Int
    public var maxSubscriptions: Int
    public var maxSubscriptionFilters: Int
    public var maxEventBytes: Int
    public var eventRing: Int
    public var maxTextBytes: Int
    public var maxContextBytes: Int
    public var maxContextItems: Int
    public var maxSettingBytes: Int
    public var pageDefault: Int
    public var pageMaximum: Int
    public var uploadPieceBytes: Int
    public var maxUploadBytes: Int
    public var maxUploads: Int
    public var transferLifetimeMs: Int64
    public var keyLifetimeMs: Int64
    public var messagesPerMinute: Int
    public var picturesPerHour: Int

    public init(_ limits: Base.Limits) {
      maxLineBytes = limits.maxLineBytes
      maxDepth = limits.maxDepth
      maxBatch = limits.maxBatch
      maxIDBytes = limits.maxIDBytes
      maxKeyBytes = limits.maxKeyBytes
      maxRunningCalls = limits.maxRunningCalls
      maxWaitingBytes = limits.maxWaitingBytes
      maxUnreadBytes = limits.maxUnreadBytes
      maxConnections = limits.maxConnections
      maxSubscriptions = limits.maxSubscriptions
      maxSubscriptionFilters = limits.maxSubscriptionFilters
      maxEventBytes = limits.maxEventBytes
      eventRing = limits.eventRing
      maxTextBytes = limits.maxTextBytes
      maxContextBytes = limits.maxContextBytes
      maxContextItems = limits.maxContextItems
      maxSettingBytes = limits.maxSettingBytes
      pageDefault = limits.pageDefault
      pageMaximum = limits.pageMaximum
      uploadPieceBytes = limits.uploadPieceBytes
      maxUploadBytes = limits.maxUploadBytes
      maxUploads = limits.maxUploads
      transferLifetimeMs = limits.transferLifetime.wholeMilliseconds
      keyLifetimeMs = limits.keyLifetime.wholeMilliseconds
      messagesPerMinute = limits.messagesPerMinute
      picturesPerHour = limits.picturesPerHour
    }

    public static let fields = [
      "maxLineBytes": "A line in either direction, without its end.",
      "maxDepth": "Nesting of objects and arrays in a line.",
      "maxBatch": "Entries of a batch.",
      "maxIDBytes": "A request's id, when it is a string.",
      "maxKeyBytes": "A `key`, in bytes of UTF-8.",
      "maxRunningCalls": "Calls of one connection that run at once; later ones wait in order.",
      "maxWaitingBytes":
        "Lines of one connection that wait to be started; then the daemon stops reading it for a while.",
      "maxUnreadBytes": "Replies a connection has not read; then the daemon stops reading it for a while.",
      "maxConnections": "Connections at once, of everybody together.",
      "maxSubscriptions": "Subscriptions of one connection.",
      "maxSubscriptionFilters": "Topics, chats and companions that one subscription names, together.",
      "maxEventBytes": "The data of one event.",
      "eventRing": "Events kept for clients that come back.",
      "maxTextBytes": "The text of a message.",
      "maxContextBytes": "The `context` of a send, all items and their titles together.",
      "maxContextItems": "Items of a send's `context`.",
      "maxSettingBytes": "One member of the settings, as JSON.",
      "pageDefault": "Items of a list when `limit` is absent.",
      "pageMaximum": "The largest `limit`.",
      "uploadPieceBytes": "One piece of an upload or download, before base64.",
      "maxUploadBytes": "An upload as a whole.",
      "maxUploads": "Unfinished uploads and downloads of one owner.",
      "transferLifetimeMs": "An upload or download that nobody touches is dropped after this.",
      "keyLifetimeMs": "How long a `key` is remembered.",
      "messagesPerMinute":
        "Messages a minute; 0 is no limit. As they are now: `config.reload` may change them.",
      "picturesPerHour": "Pictures an hour; 0 is no limit.",
    ]
  }
}
