/// Remembers that a provider keeps failing, so that others are asked instead of it. After a while one request may try again.
struct CircuitBreaker: Sendable {
  private static let threshold = 4
  private static let firstPause = Duration.seconds(15)
  private static let longestPause = Duration.seconds(300)

  private var failures = 0
  private var pause = firstPause
  private var openUntil: Duration?

  /// Whether the provider is to be left alone now.
  func isOpen(at now: Duration) -> Bool { openUntil.map { now < $0 } ?? false }

  /// How long it will still be left alone.
  func remaining(at now: Duration) -> Duration { openUntil.map { max(.zero, $0 - now) } ?? .zero }

  mutating func succeeded() { self = CircuitBreaker() }

  mutating func failed(at now: Duration) {
    failures += 1
    guard failures >= Self.threshold else { return }
    // The one that tried again after the pause, and failed, doubles it.
    if openUntil != nil, !isOpen(at: now) { pause = min(pause * 2, Self.longestPause) }
    if !isOpen(at: now) { openUntil = now + pause }
  }
}
