/// Where the rows of a result go, as they are stored, top first.
protocol RowSink: AnyObject {
  func take(_ row: [UInt8]) throws(PictureError)
}

/// Rows into a JPEG that is upright. Only a picture that must be turned is kept until its last row.
final class JPEGSink: RowSink {
  private let encoder: JPEGEncoder
  private let orientation: Orientation
  private let channels: Int
  private var canvas: Canvas?

  /// The size as stored.
  init(
    width: Int, height: Int, channels: Int, orientation: Orientation, quality: Int
  ) throws(PictureError) {
    let swaps = orientation.swapsSides
    encoder = try JPEGEncoder(
      width: swaps ? height : width, height: swaps ? width : height, channels: channels, quality: quality)
    self.orientation = orientation
    self.channels = channels
    canvas = orientation == .upright ? nil : Canvas(width: width, height: height, channels: channels)
  }

  static func memory(width: Int, height: Int, channels: Int, orientation: Orientation) -> Int {
    JPEGEncoder.memory(width: width, height: height, channels: channels)
      + (orientation == .upright ? 0 : width * height * channels * 2)
  }

  func take(_ row: [UInt8]) throws(PictureError) {
    if canvas != nil { canvas?.add(row) } else { try encoder.add(row) }
  }

  func finish() throws(PictureError) -> [UInt8] {
    if let turned = canvas?.turned(orientation) {
      canvas = nil
      for y in 0..<turned.height { try encoder.add(turned.row(y)) }
    }
    return try encoder.finish()
  }
}

/// Rows into plain RGB.
final class PixelSink: RowSink {
  private var canvas: Canvas
  private let orientation: Orientation

  init(width: Int, height: Int, channels: Int, orientation: Orientation) {
    canvas = Canvas(width: width, height: height, channels: channels)
    self.orientation = orientation
  }

  func take(_ row: [UInt8]) throws(PictureError) { canvas.add(row) }

  func finish() -> (width: Int, height: Int, rgb: [UInt8]) {
    let turned = canvas.turned(orientation)
    guard turned.channels == 1 else { return (turned.width, turned.height, turned.bytes) }
    var rgb: [UInt8] = []
    rgb.reserveCapacity(turned.bytes.count * 3)
    for grey in turned.bytes {
      rgb.append(grey)
      rgb.append(grey)
      rgb.append(grey)
    }
    return (turned.width, turned.height, rgb)
  }
}
