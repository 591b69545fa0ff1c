/// Everything a stranger can make us hold, with the reason for each number.
///
/// The configuration may change those that say so under `limits`; all are told to clients by `hello`.
/// At the limit works, one past it is a clear error; each has a test for both.
public struct Limits: Sendable, Hashable {
  // MARK: Lines and calls

  /// A 5 MB picture in base64 fits in one line.
  public var maxLineBytes = 8 << 20
  /// Larger than any sensible convenience; a batch costs one reply array in memory.
  public var maxBatch = 100
  /// JSON nesting a request may have; deeper ones are an attack on a recursive reader.
  public var maxDepth = 64
  public var maxIDBytes = 128
  /// Calls of one connection that run at once; later ones wait in order.
  public var maxRunningCalls = 64
  /// Lines of one connection that wait to be started; reading stops here and goes on at half.
  public var maxWaitingBytes = 1 << 20
  /// Replies of one connection it has not read; reading stops here and goes on at half.
  public var maxUnreadBytes = 1 << 20
  /// What a connection's outbox takes from cursors (events, streams) before it waits for the peer: a
  /// live follower never waits, its socket holds far more, and a sleeper costs this at most, beside the
  /// texts of turns that are over, which are charged to it.
  public var cursorWindowBytes = 32 << 10

  // MARK: Connections

  /// Descriptors are the scarce thing; 1,024 clients of one person's machine is plenty.
  public var maxConnections = 1024
  /// Bytes all connections of one owner may make us hold together (lines being assembled, waiting, unread).
  public var maxOwnerBytes = 128 << 20
  public var maxSubscriptions = 64
  /// Topics, chats and companions named by one subscription.
  public var maxSubscriptionFilters = 256

  // MARK: Events

  /// Events an owner's ring keeps for clients that come back.
  public var eventRing = 4096
  /// The ring's bytes are bounded too; older events go first.
  public var eventRingBytes = 8 << 20
  public var maxEventBytes = 8 << 10

  // MARK: Transfers

  public var uploadPieceBytes = 512 << 10
  /// The largest thing that may travel in pieces (an exported chat with its history).
  public var maxUploadBytes = 256 << 20
  public var maxUploads = 16
  /// An upload or download nobody finishes is dropped after this.
  public var transferLifetime = Duration.seconds(3600)

  // MARK: Values

  public var maxTextBytes = 256 << 10
  /// What a send carries along for one turn: a selection, a file; titles count too.
  public var maxContextBytes = 64 << 10
  public var maxContextItems = 32
  public var maxKeyBytes = 64
  public var keyLifetime = Duration.seconds(24 * 3600)
  public var pageDefault = 50
  public var pageMaximum = 200
  /// One settings member, encoded.
  public var maxSettingBytes = 64 << 10

  // MARK: Pictures

  /// One that a person brings, as it comes: a photograph of a telephone.
  public var maxPictureBytes = 5 << 20
  /// A picture as a provider sends it: 4,096 by 4,096 of the least compressible kind as PNG; ours are far smaller. The pictures of one
  /// answer together.
  public static let maxProviderPictureBytes = 64 << 20
  /// Of one owner; a queue this long is a mistake of somebody's script.
  public var maxOpenJobs = 2048
  /// What an owner's pictures may take on the disk, some twenty thousand of them; 0 is no end.
  public var pictureQuotaBytes: Int64 = 10 << 30

  // MARK: Rates (0 = off)

  public var messagesPerMinute = 30
  public var picturesPerHour = 10

  public init() {}

  /// Takes over those that need no restart.
  public mutating func take(ratesOf fresh: Limits) {
    messagesPerMinute = fresh.messagesPerMinute
    picturesPerHour = fresh.picturesPerHour
  }
}
