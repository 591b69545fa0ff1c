public import Base

/// How a client introduces itself, how patient it is, and how much it lets a daemon make it hold.
public struct ClientOptions: Sendable {
  /// Told to the daemon for its log.
  public var name: String
  public var version: String?
  public var reconnect: ReconnectPolicy
  /// The longest line that is taken; a longer one is a fault.
  public var maxLineBytes = Limits().maxLineBytes
  /// The largest result that is put together from pieces.
  public var maxDownloadBytes = Limits().maxUploadBytes
  /// How often one call is sent at most, when the daemon keeps going away under it.
  public var maxSendings = 5
  /// What a blocking client keeps of events that nobody has fetched; past it the oldest go and `.missed` tells.
  public var maxHeldNews = Limits().eventRing
  public var maxHeldNewsBytes = Limits().eventRingBytes
  /// False hands on `stream.*` and `turn.phase` as they come, among the other notifications, and keeps no stream over a
  /// lost connection.
  public var interpretsStreams = true
  /// Where idempotency keys and jitter come from.
  public var random: RandomSource

  public init(
    name: String, version: String? = nil, reconnect: ReconnectPolicy = .brief, random: RandomSource = .system
  ) {
    self.name = name
    self.version = version
    self.reconnect = reconnect
    self.random = random
  }
}
