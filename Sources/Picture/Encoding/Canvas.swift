/// A whole small picture, for what cannot be done row by row: turning it.
struct Canvas {
  let width: Int
  let height: Int
  let channels: Int
  private(set) var bytes: [UInt8] = []

  init(width: Int, height: Int, channels: Int) {
    (self.width, self.height, self.channels) = (width, height, channels)
    bytes.reserveCapacity(width * height * channels)
  }

  /// The next row from the top.
  mutating func add(_ row: [UInt8]) {
    precondition(bytes.count < width * height * channels)
    bytes += row[..<(width * channels)]
  }

  /// The same upright: stored rows as `orientation` says they were taken.
  func turned(_ orientation: Orientation) -> Canvas {
    guard orientation != .upright else { return self }
    precondition(bytes.count == width * height * channels)
    let swaps = orientation.swapsSides
    var result = Canvas(width: swaps ? height : width, height: swaps ? width : height, channels: channels)
    result.bytes = [UInt8](repeating: 0, count: bytes.count)
    // Where the first pixel shown is stored, and how far the next one is along a row and down a column.
    let (right, bottom) = ((width - 1) * channels, (height - 1) * width * channels)
    let (step, line) = (channels, width * channels)
    let (start, across, down): (Int, Int, Int)
    switch orientation {
    case .upright: (start, across, down) = (0, step, line)
    case .mirrored: (start, across, down) = (right, -step, line)
    case .turnedHalf: (start, across, down) = (bottom + right, -step, -line)
    case .flipped: (start, across, down) = (bottom, step, -line)
    case .transposed: (start, across, down) = (0, line, step)
    case .turnedRight: (start, across, down) = (bottom, -line, step)
    case .transversed: (start, across, down) = (bottom + right, -line, -step)
    case .turnedLeft: (start, across, down) = (right, line, -step)
    }
    var to = 0
    for y in 0..<result.height {
      var from = start + y * down
      for _ in 0..<result.width {
        for channel in 0..<channels { result.bytes[to + channel] = bytes[from + channel] }
        to += channels
        from += across
      }
    }
    return result
  }

  func row(_ y: Int) -> [UInt8] { Array(bytes[(y * width * channels)..<((y + 1) * width * channels)]) }
}
