import Base

/// How long to wait before asking again.
struct Backoff {
  static let attempts = 4
  private static let first = Duration.milliseconds(500)
  private static let longest = Duration.seconds(20)
  /// A server that wants more patience than this gets its way: the turn fails and says when to come back.
  static let longestAsked = Duration.seconds(60)

  /// Doubles with each attempt; half of it is left to chance, so that many who failed together do not return together. What the
  /// server asks for is a lower bound.
  static func wait(afterAttempt attempt: Int, asked: Duration?, random: RandomSource) -> Duration {
    let doubled = min(first * (1 << min(attempt - 1, 10)), longest)
    var random = random
    let wait = doubled * (0.5 + 0.5 * Double.random(in: 0...1, using: &random))
    return max(wait, asked ?? .zero)
  }
}
