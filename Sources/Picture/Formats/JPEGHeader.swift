/// A JPEG's segments up to its first scan.
enum JPEGHeader {
  private struct Frame {
    var width = 0
    var height = 0
    var components = 0
    /// Of each component: how many samples of it stand for a block of pixels, across and down.
    var sampling: [(across: Int, down: Int)] = []
    var isProgressive = false
  }

  static func read(_ bytes: [UInt8]) throws(PictureError) -> PictureHeader {
    var cursor = ByteCursor(bytes, 2..<bytes.count)
    var frame: Frame?
    var orientation: Orientation?
    for _ in 0..<PictureLimits.mostSegments {
      guard let marker = nextMarker(&cursor) else {
        throw .broken("The JPEG ends before its picture begins.")
      }
      // Those without contents.
      if marker == 0x01 || (0xD0...0xD8).contains(marker) { continue }
      guard marker != 0xD9, let length = cursor.number(2), length >= 2, length - 2 <= cursor.left else {
        throw .broken("The JPEG ends before its picture begins.")
      }
      var segment = ByteCursor(bytes, cursor.at..<(cursor.at + length - 2))
      switch marker {
      case 0xC0, 0xC1, 0xC2:
        guard frame == nil else { throw .broken("The JPEG has two headers.") }
        frame = try self.frame(&segment, isProgressive: marker == 0xC2)
      // 0xC4, 0xC8 and 0xCC are no frames.
      case 0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
        throw .unsupported(
          "This JPEG is lossless, hierarchical or arithmetically coded, which few programs read.")
      case 0xE1 where orientation == nil && segment.stands("Exif\0\0"):
        orientation = .ofExif(bytes, (segment.at + 6)..<segment.end)
      case 0xDA:
        guard let frame, let inScan = segment.byte(), inScan >= 1 else {
          throw .broken("The JPEG has no header before its pixels.")
        }
        return try header(
          frame, orientation ?? .upright, inScan: inScan, bytesLeft: bytes.count - segment.end)
      default: break
      }
      _ = cursor.skip(length - 2)
    }
    throw .broken("The JPEG has more than \(PictureLimits.mostSegments) segments before its picture.")
  }

  /// What stands before the next marker is passed over, as every reader does; fill bytes belong to it.
  private static func nextMarker(_ cursor: inout ByteCursor) -> Int? {
    var previous = 0
    while let byte = cursor.byte() {
      if previous == 0xFF, byte != 0xFF, byte != 0 { return byte }
      previous = byte
    }
    return nil
  }

  private static func frame(_ segment: inout ByteCursor, isProgressive: Bool) throws(PictureError) -> Frame {
    var frame = Frame()
    frame.isProgressive = isProgressive
    guard let precision = segment.byte(), let height = segment.number(2), let width = segment.number(2),
      let components = segment.byte(), segment.left >= components * 3
    else { throw .broken("The JPEG's header is too short.") }
    guard precision == 8 else {
      throw .unsupported("This JPEG has \(precision) bits for a sample; 8 are read here.")
    }
    guard [1, 3, 4].contains(components) else {
      throw .unsupported("This JPEG has \(components) colours; 1, 3 and 4 are read here.")
    }
    (frame.width, frame.height, frame.components) = (width, height, components)
    for _ in 0..<components {
      guard segment.skip(1), let factors = segment.byte(), segment.skip(1) else { break }
      frame.sampling.append((factors >> 4, factors & 15))
    }
    guard frame.sampling.allSatisfy({ (1...4).contains($0.across) && (1...4).contains($0.down) }) else {
      throw .broken("The JPEG's colours have impossible sizes.")
    }
    return frame
  }

  private static func header(
    _ frame: Frame, _ orientation: Orientation, inScan: Int, bytesLeft: Int
  ) throws(PictureError) -> PictureHeader {
    let isWhole = frame.isProgressive || inScan < frame.components
    let pixels = frame.width * frame.height
    let header = try PictureHeader(
      kind: .jpeg, width: frame.width, height: frame.height,
      colour: frame.components == 1 ? .grey : frame.components == 3 ? .colour : .ink,
      orientation: orientation, isWhole: isWhole, wholeBytes: isWhole ? coefficientBytes(frame) : 0)
    // The first colour has a block for 64 pixels at least unless it is sampled more coarsely than another, and a block takes one bit
    // at least in the first scan.
    let (across, down) = (
      frame.sampling.map(\.across).max() ?? 1, frame.sampling.map(\.down).max() ?? 1
    )
    try PictureLimits.check(bytes: bytesLeft, needed: pixels / (64 * 8 * across * down))
    return header
  }

  /// Two bytes for each sample, in whole blocks of what is decoded together.
  private static func coefficientBytes(_ frame: Frame) -> Int {
    let across = 8 * (frame.sampling.map(\.across).max() ?? 1)
    let down = 8 * (frame.sampling.map(\.down).max() ?? 1)
    let blocks = ((frame.width + across - 1) / across) * ((frame.height + down - 1) / down)
    return frame.sampling.reduce(0) { $0 + blocks * $1.across * $1.down * 64 * 2 }
  }
}
