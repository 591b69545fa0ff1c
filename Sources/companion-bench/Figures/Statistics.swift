extension Array where Element == Double {
  /// The middle one; the mean of the two in the middle where there is no one.
  var median: Double {
    guard !isEmpty else { return .nan }
    let sorted = sorted()
    let middle = count / 2
    return count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  /// The smallest value that this share of all values does not exceed.
  func percentile(_ share: Double) -> Double {
    guard !isEmpty else { return .nan }
    let sorted = sorted()
    return sorted[Swift.min(count - 1, Swift.max(0, Int((Double(count) * share).rounded(.up)) - 1))]
  }
}

/// What came out of the rounds: the middle, and how far apart they were.
struct Spread: Encodable {
  let median: Double
  let least: Double
  let most: Double

  init(_ values: [Double]) {
    median = values.median
    least = values.min() ?? .nan
    most = values.max() ?? .nan
  }
}
