/// A picture's pixels, small enough for a terminal. Synchronous, and bounded like `PictureMill`.
package struct PicturePixels: Sendable, Hashable {
  package let width: Int
  package let height: Int
  /// Three bytes a pixel, rows from the top, without gaps.
  package let rgb: [UInt8]

  /// The largest that fits; never larger than the picture itself.
  package static func read(
    _ bytes: [UInt8], maxWidth: Int, maxHeight: Int, background: PictureColour = .white,
    isCancelled: () -> Bool = { false }
  ) throws(PictureError) -> PicturePixels {
    precondition((1...4096).contains(maxWidth) && (1...4096).contains(maxHeight))
    let header = try PictureHeader.read(bytes)
    let plan = PicturePipeline.Plan(
      header, fitting: PicturePipeline.Size(width: maxWidth, height: maxHeight), thumbnail: nil)
    var sink: PixelSink?
    try PicturePipeline.run(
      bytes, header, plan, background: background, isCancelled: isCancelled
    ) { channels throws(PictureError) in
      let made = PixelSink(
        width: plan.main.width, height: plan.main.height, channels: channels, orientation: header.orientation)
      sink = made
      return (made, nil)
    }
    guard let sink else { preconditionFailure("rows went by without a place to go") }
    let (width, height, rgb) = sink.finish()
    return PicturePixels(width: width, height: height, rgb: rgb)
  }

  /// The three bytes of a pixel.
  package subscript(x x: Int, y y: Int) -> PictureColour {
    precondition((0..<width).contains(x) && (0..<height).contains(y))
    let at = (y * width + x) * 3
    return PictureColour(red: rgb[at], green: rgb[at + 1], blue: rgb[at + 2])
  }
}
