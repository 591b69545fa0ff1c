import Glibc

/// How much each sample of a line counts for each sample of a shorter one: Lanczos with three lobes, stretched by the ratio. Past the
/// ends the last sample goes on.
///
/// Every sample of the result has the same number of weights, some of them zero, and all of its window lies on the line: what
/// uses it needs no cases.
struct KernelWeights {
  let starts: [Int]
  let taps: Int
  let weights: Floats

  init(_ axis: ScalingAxis) {
    let (source, taps) = (axis.boxed, axis.taps)
    let stretch = axis.ratio
    let reach = 3 * stretch
    let weights = Floats(taps * axis.target)
    var starts: [Int] = []
    starts.reserveCapacity(axis.target)
    for index in 0..<axis.target {
      let centre = (Double(index) + 0.5) * axis.ratio
      let first = Int((centre - reach - 0.5).rounded(.up))
      let last = Int((centre + reach - 0.5).rounded(.down))
      let start = min(max(0, first), source - taps)
      var exact = [Double](repeating: 0, count: taps)
      for sample in first...last {
        let weight = Self.lanczos((Double(sample) + 0.5 - centre) / stretch)
        exact[min(max(0, sample), source - 1, start + taps - 1) - start] += weight
      }
      let sum = exact.reduce(0, +)
      for tap in 0..<taps { unsafe weights.start[index * taps + tap] = Float(exact[tap] / sum) }
      starts.append(start)
    }
    self.starts = starts
    self.taps = taps
    self.weights = weights
  }

  static func memory(_ axis: ScalingAxis) -> Int { axis.target * (axis.taps * 4 + 8) }
  var heldBytes: Int { weights.count * 4 + starts.count * 8 }

  private static func lanczos(_ x: Double) -> Double {
    guard x != 0 else { return 1 }
    guard abs(x) < 3 else { return 0 }
    let angle = Double.pi * x
    return 3 * sin(angle) * sin(angle / 3) / (angle * angle)
  }
}
