/// When to try again. The contract's recipe: at once, then after 50 ms doubling to 2 s.
public struct ReconnectPolicy: Hashable, Sendable {
  /// Wait for a daemon that was not there to begin with, too.
  public var fromTheStart: Bool
  /// Attempts in a row that may fail before the client gives up; nil goes on for ever, 0 never tries again.
  public var attempts: Int?
  public var firstDelay: Duration
  public var longestDelay: Duration
  /// The part of a delay, between 0 and 1, that chance may take off, so that many clients do not come back in step.
  public var jitter: Double

  public init(
    fromTheStart: Bool = false, attempts: Int? = nil, firstDelay: Duration = .milliseconds(50),
    longestDelay: Duration = .seconds(2), jitter: Double = 0
  ) {
    self.fromTheStart = fromTheStart
    self.attempts = attempts
    self.firstDelay = firstDelay
    self.longestDelay = longestDelay
    self.jitter = min(1, max(0, jitter))
  }

  /// Every end is final.
  public static let never = ReconnectPolicy(attempts: 0)
  /// For commands: bridges a restart of about three seconds, but says at once when there is no daemon at all.
  public static let brief = ReconnectPolicy(attempts: 7)
  /// For programs that stay: for ever, also before the daemon is first there.
  public static let patient = ReconnectPolicy(fromTheStart: true)

  /// The pause before attempt `number`, counted from 0 since things last went well. `chance` is in 0..<1.
  public func delay(before number: Int, chance: Double = 0) -> Duration {
    guard number > 0 else { return .zero }
    var delay = firstDelay
    for _ in 1..<min(max(number, 1), 64) where delay < longestDelay { delay *= 2 }
    return min(delay, longestDelay) * (1 - jitter * chance)
  }
}
