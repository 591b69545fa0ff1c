/// What a picture says of itself before anything of it is decoded. Having one means that every limit the header can break is kept.
///
/// A function of the bytes alone; a few microseconds, whatever the file.
package struct PictureHeader: Sendable, Hashable {
  package enum Colour: Sendable, Hashable { case grey, colour, ink }

  package let kind: PictureKind
  /// As stored, before it is turned upright.
  let storedWidth: Int
  let storedHeight: Int
  package let colour: Colour
  package let hasAlpha: Bool
  package let orientation: Orientation
  /// Progressive JPEG, JPEG in several scans, interlaced PNG, WebP.
  package let isWhole: Bool
  /// A PNG with further pictures behind its first, which is the one that is read.
  package let isAnimated: Bool
  /// A PNG's exponent when it is not near that of screens.
  let gamma: Double?
  /// What decoding must hold at once, rows apart.
  let wholeBytes: Int

  /// As shown.
  package var width: Int { orientation.swapsSides ? storedHeight : storedWidth }
  package var height: Int { orientation.swapsSides ? storedWidth : storedHeight }

  init(
    kind: PictureKind, width: Int, height: Int, colour: Colour, hasAlpha: Bool = false,
    orientation: Orientation = .upright, isWhole: Bool = false, isAnimated: Bool = false,
    gamma: Double? = nil, wholeBytes: Int = 0
  ) throws(PictureError) {
    try PictureLimits.check(width: width, height: height, whole: isWhole)
    guard wholeBytes <= PictureLimits.decodeBytes else {
      throw .tooLarge(
        "The picture is \(width) x \(height) pixels of a kind that takes \(wholeBytes >> 20) MiB to decode; "
          + "\(PictureLimits.decodeBytes >> 20) MiB are the most.")
    }
    self.kind = kind
    storedWidth = width
    storedHeight = height
    self.colour = colour
    self.hasAlpha = hasAlpha
    self.orientation = orientation
    self.isWhole = isWhole
    self.isAnimated = isAnimated
    self.gamma = gamma
    self.wholeBytes = wholeBytes
  }

  package static func read(_ bytes: [UInt8]) throws(PictureError) -> PictureHeader {
    switch PictureKind.of(bytes) {
    case .jpeg: try JPEGHeader.read(bytes)
    case .png: try PNGHeader.read(bytes)
    case .webp: try WebPHeader.read(bytes)
    case nil: throw PictureKind.refusal(bytes)
    }
  }
}
