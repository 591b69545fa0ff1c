/// How a camera was held, by EXIF's numbers: what must be done to the stored rows so that up is up.
package enum Orientation: Int, Sendable, Hashable, CaseIterable {
  case upright = 1
  case mirrored = 2
  case turnedHalf = 3
  case flipped = 4
  case transposed = 5
  case turnedRight = 6
  case transversed = 7
  case turnedLeft = 8

  /// Rows become columns.
  var swapsSides: Bool { rawValue >= 5 }
  /// The first row that is shown needs only the first row that is stored.
  var keepsRows: Bool { rawValue <= 2 }

  /// Of an EXIF block, which begins with its byte order; upright when it says nothing that can be understood.
  static func ofExif(_ bytes: [UInt8], _ range: Range<Int>) -> Orientation {
    let isLittle: Bool
    switch ByteCursor(bytes, range) {
    case let block where block.stands("II*\0"): isLittle = true
    case let block where block.stands("MM\0*"): isLittle = false
    default: return .upright
    }
    var block = ByteCursor(bytes, range, littleEndian: isLittle)
    guard block.skip(4), let first = block.number(4) else { return .upright }
    var directory = ByteCursor(bytes, range, littleEndian: isLittle)
    guard directory.skip(first), let count = directory.number(2) else { return .upright }
    // As many entries as the block has room for, whatever it says.
    for _ in 0..<min(count, directory.left / 12) {
      guard let tag = directory.number(2), let type = directory.number(2),
        let values = directory.number(4), let value = directory.number(2), directory.skip(2)
      else { return .upright }
      if tag == 0x0112 {
        // One short number.
        return type == 3 && values == 1 ? Orientation(rawValue: value) ?? .upright : .upright
      }
    }
    return .upright
  }
}
