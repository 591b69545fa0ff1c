/// Randomness as a value that is handed in, so that a test prints its seed and can be run again.
public struct RandomSource: RandomNumberGenerator, Sendable {
  private let draw: @Sendable () -> UInt64

  public init(_ draw: @escaping @Sendable () -> UInt64) { self.draw = draw }

  public func next() -> UInt64 { draw() }

  public static let system = RandomSource { UInt64.random(in: .min ... .max) }

  /// SplitMix64: small, well spread, the same on every machine.
  public static func seeded(_ seed: UInt64) -> RandomSource {
    let state = Lock(seed)
    return RandomSource {
      state.withLock { state in
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
      }
    }
  }
}
