import Glibc

/// A decoder's rows as opaque grey or RGB: opacity laid over a background, inks as light, and a PNG's own exponent as a screen's.
///
/// Colour profiles are dropped unread. Those of strangers' pictures are nearly always that of a screen; inks become light by the plain
/// formula, which is darker and more saturated than a press.
struct FlatRows {
  let channels: Int
  private let layout: SampleLayout
  private let background: PictureColour
  /// Samples as a screen would have them; nil when they are.
  private let screen: [UInt8]?
  private var raw: [UInt8]

  init(width: Int, layout: SampleLayout, gamma: Double?, background: PictureColour) {
    self.layout = layout
    self.background = background
    switch layout {
    case .grey: channels = 1
    case .greyAlpha: channels = background.isGrey ? 1 : 3
    default: channels = 3
    }
    screen = gamma.map { gamma in
      (0...255).map { UInt8((Tone.display(pow(Double($0) / 255, 1 / gamma)) * 255).rounded()) }
    }
    raw = [UInt8](repeating: 0, count: width * layout.samples)
  }

  /// The reader's next row, into `width * channels` bytes.
  mutating func next(of reader: any RowReader, into row: inout [UInt8]) throws(PictureError) {
    guard layout.samples != channels || screen != nil else {
      try reader.read(into: &row)
      return
    }
    try reader.read(into: &raw)
    if let screen { applyScreen(screen) }
    precondition(row.count / channels * layout.samples >= raw.count)
    unsafe raw.withUnsafeBufferPointer { raw in
      unsafe row.withUnsafeMutableBufferPointer { row in
        switch layout {
        case .grey, .colour: _ = unsafe row.update(fromContentsOf: raw)
        case .greyAlpha: unsafe flattenGrey(raw, row)
        case .colourAlpha: unsafe flattenColour(raw, row)
        case .ink(let inverted): unsafe light(raw, row, flip: inverted ? 0 : 255)
        }
      }
    }
  }

  private mutating func applyScreen(_ screen: [UInt8]) {
    let isOpacity: (Int) -> Bool
    switch layout {
    case .greyAlpha: isOpacity = { $0 & 1 == 1 }
    case .colourAlpha: isOpacity = { $0 & 3 == 3 }
    default: isOpacity = { _ in false }
    }
    for index in raw.indices where !isOpacity(index) { raw[index] = screen[Int(raw[index])] }
  }

  /// `value` over `behind`, rounded to the nearest: the division by 255 is exact for every pair of bytes.
  private static func blend(_ value: UInt8, _ behind: UInt8, _ opacity: UInt8) -> UInt8 {
    let sum = UInt32(value) &* UInt32(opacity) &+ UInt32(behind) &* (255 &- UInt32(opacity)) &+ 128
    return UInt8(truncatingIfNeeded: (sum &+ sum >> 8) >> 8)
  }

  private func flattenGrey(_ raw: UnsafeBufferPointer<UInt8>, _ row: UnsafeMutableBufferPointer<UInt8>) {
    for pixel in 0..<(raw.count / 2) {
      let (value, opacity) = unsafe (raw[pixel * 2], raw[pixel * 2 + 1])
      if channels == 1 {
        unsafe row[pixel] = Self.blend(value, background.red, opacity)
      } else {
        unsafe row[pixel * 3] = Self.blend(value, background.red, opacity)
        unsafe row[pixel * 3 + 1] = Self.blend(value, background.green, opacity)
        unsafe row[pixel * 3 + 2] = Self.blend(value, background.blue, opacity)
      }
    }
  }

  private func flattenColour(_ raw: UnsafeBufferPointer<UInt8>, _ row: UnsafeMutableBufferPointer<UInt8>) {
    for pixel in 0..<(raw.count / 4) {
      let opacity = unsafe raw[pixel &* 4 &+ 3]
      unsafe row[pixel &* 3] = Self.blend(raw[pixel &* 4], background.red, opacity)
      unsafe row[pixel &* 3 &+ 1] = Self.blend(raw[pixel &* 4 &+ 1], background.green, opacity)
      unsafe row[pixel &* 3 &+ 2] = Self.blend(raw[pixel &* 4 &+ 2], background.blue, opacity)
    }
  }

  /// What paper reflects through an ink and through black; `flip` makes "how much ink" into "how much paper".
  private func light(
    _ raw: UnsafeBufferPointer<UInt8>, _ row: UnsafeMutableBufferPointer<UInt8>, flip: UInt8
  ) {
    for pixel in 0..<(raw.count / 4) {
      let black = unsafe raw[pixel &* 4 &+ 3] ^ flip
      for ink in 0..<3 { unsafe row[pixel &* 3 &+ ink] = Self.blend(raw[pixel &* 4 &+ ink] ^ flip, 0, black) }
    }
  }
}
