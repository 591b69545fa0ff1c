/// How far apart two spellings are.
enum Spelling {
  /// Letters left out, put in, changed, or exchanged with their neighbour; anything above `atMost` counts as one more than that.
  static func slips(from one: [Character], to other: [Character], atMost bound: Int) -> Int {
    guard abs(one.count - other.count) <= bound else { return bound + 1 }
    var beforeLast: [Int] = []
    var last = Array(0...other.count)
    for row in 1...max(1, one.count) where row <= one.count {
      var current = [row]
      current.reserveCapacity(other.count + 1)
      for column in 1...max(1, other.count) where column <= other.count {
        let same = one[row - 1] == other[column - 1]
        var least = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (same ? 0 : 1))
        if row > 1, column > 1, one[row - 1] == other[column - 2], one[row - 2] == other[column - 1] {
          least = min(least, beforeLast[column - 2] + 1)
        }
        current.append(least)
      }
      if (current.min() ?? 0) > bound { return bound + 1 }
      (beforeLast, last) = (last, current)
    }
    return min(last[other.count], bound + 1)
  }
}
