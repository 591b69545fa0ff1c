/// What becomes of a line of pixels, across or down: boxes of them are averaged where it becomes much shorter, then weighed.
struct ScalingAxis: Sendable, Hashable {
  let source: Int
  let target: Int
  /// Pixels in a box. What the boxes leave is at least twice what is wanted, for the weights to choose from.
  let box: Int
  /// Boxes, the last of which may be partial.
  let boxed: Int
  /// Boxes for a pixel of the result; not their counts' ratio when the last one is partial.
  let ratio: Double
  /// Boxes that count for one pixel of the result.
  let taps: Int

  init(from source: Int, to target: Int) {
    precondition((1...source).contains(target))
    self.source = source
    self.target = target
    box = max(1, source / target / 2)
    boxed = (source + box - 1) / box
    ratio = Double(source) / Double(target * box)
    taps = min(boxed, Int(6 * ratio) + 1)
  }

  func size(ofBox index: Int) -> Int { min(source, (index + 1) * box) - index * box }
}
