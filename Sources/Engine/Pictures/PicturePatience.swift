import Base
import Model
import Providers

/// When a job that failed is tried again, and how it is found again.
struct PicturePatience: Sendable {
  /// A server that is away for a minute is met again; one that stays away is not asked for ever.
  static let mostAttempts = 7
  static let mostStarts = 3
  static let first = Duration.seconds(4)
  static let longest = Duration.seconds(300)
  /// Who asks to be left alone for longer has failed.
  static let mostRetryAfter = Duration.seconds(3600)

  var random: RandomSource

  enum Verdict: Equatable {
    case never
    case again(after: Duration)
  }

  /// `attempts` have been made.
  func verdict(_ error: ProviderError, attempts: Int) -> Verdict {
    // It was placed, or was thought to be, and is not there: it is placed now. A server that loses it each time is given time, and in
    // the end given up.
    if error.cause == .lost, attempts < Self.mostStarts { return .again(after: .zero) }
    guard error.kind == .unavailable, error.cause != .notAnAPI, attempts < Self.mostAttempts else {
      return .never
    }
    let pause = pause(after: attempts)
    guard let wanted = error.retryAfter else { return .again(after: pause) }
    return wanted <= Self.mostRetryAfter ? .again(after: max(wanted, pause)) : .never
  }

  /// Doubled each time, and shortened by up to a quarter, so that many that failed together do not come back together.
  func pause(after attempts: Int) -> Duration {
    let doubled = Self.first * (1 << min(max(attempts - 1, 0), 16))
    let whole = min(doubled, Self.longest)
    return whole - .milliseconds(Int64(random.next() % UInt64(whole.wholeMilliseconds / 4 + 1)))
  }

  /// Whether the job may still be at the provider after this, so that it is looked for and not placed again.
  static func keepsRemote(_ error: ProviderError) -> Bool {
    switch error.cause {
    case .connection, .timeout, .rateLimit, .overload, .loading, .circuitOpen: true
    default: false
    }
  }
}
