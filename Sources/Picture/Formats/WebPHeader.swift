/// A WebP's chunks: RIFF, whose numbers begin with their lowest byte.
enum WebPHeader {
  static func read(_ bytes: [UInt8]) throws(PictureError) -> PictureHeader {
    var cursor = ByteCursor(bytes, 12..<bytes.count, littleEndian: true)
    var canvas: (width: Int, height: Int)?
    var hasAlpha = false
    var orientation = Orientation.upright
    var picture: (width: Int, height: Int, isLossless: Bool, bytes: Int)?
    var count = 0
    while cursor.left >= 8 {
      let name = cursor
      guard cursor.skip(4), let length = cursor.number(4) else { break }
      count += 1
      guard count <= PictureLimits.mostChunks else {
        throw .tooLarge("The WebP has more than \(PictureLimits.mostChunks) chunks.")
      }
      let available = min(length, cursor.left)
      var data = ByteCursor(bytes, cursor.at..<(cursor.at + available), littleEndian: true)
      if name.stands("VP8X"), canvas == nil {
        guard let flags = data.byte(), data.skip(3), let width = data.number(3), let height = data.number(3)
        else { throw .broken("The WebP's header is too short.") }
        guard flags & 0x02 == 0 else {
          throw .unsupported("This WebP is animated; a single picture is wanted.")
        }
        hasAlpha = flags & 0x10 != 0
        canvas = (width + 1, height + 1)
      } else if name.stands("ANIM") || name.stands("ANMF") {
        throw .unsupported("This WebP is animated; a single picture is wanted.")
      } else if name.stands("VP8 "), picture == nil {
        let size = try lossy(&data)
        picture = (size.width, size.height, false, available)
      } else if name.stands("VP8L"), picture == nil {
        let size = try lossless(&data)
        picture = (size.width, size.height, true, available)
        hasAlpha = hasAlpha || size.hasAlpha
      } else if name.stands("ALPH") {
        hasAlpha = true
      } else if name.stands("EXIF") {
        // Some writers begin it as JPEG does.
        let start = data.stands("Exif\0\0") ? data.at + 6 : data.at
        orientation = .ofExif(bytes, start..<data.end)
      }
      // Chunks begin at even places.
      guard cursor.skip(length + length % 2) else { break }
    }
    guard let picture else { throw .broken("The WebP has no picture in it.") }
    if let canvas, canvas != (picture.width, picture.height) {
      throw .broken("The WebP's picture has another size than its header says.")
    }
    let pixels = picture.width * picture.height
    let channels = hasAlpha ? 4 : 3
    let header = try PictureHeader(
      kind: .webp, width: picture.width, height: picture.height, colour: .colour, hasAlpha: hasAlpha,
      orientation: orientation, isWhole: true,
      // The rows that come out, and what the decoder keeps beside them: for the lossless kind its own pixels, for the other its opacity.
      wholeBytes: pixels * (channels + (picture.isLossless ? 4 : hasAlpha ? 1 : 0)))
    // One colour all over takes next to nothing, so the bound is a loose one.
    try PictureLimits.check(bytes: picture.bytes, needed: pixels / 131_072)
    return header
  }

  private static func lossy(_ data: inout ByteCursor) throws(PictureError) -> (width: Int, height: Int) {
    guard let tag = data.number(3), let start = data.number(3), let width = data.number(2),
      let height = data.number(2)
    else { throw .broken("The WebP ends before its picture begins.") }
    // A key frame that is shown.
    guard tag & 1 == 0, start == 0x2A019D else { throw .broken("The WebP's picture has no beginning.") }
    return (width & 0x3FFF, height & 0x3FFF)
  }

  private static func lossless(
    _ data: inout ByteCursor
  ) throws(PictureError) -> (width: Int, height: Int, hasAlpha: Bool) {
    guard data.byte() == 0x2F, let facts = data.number(4), facts >> 29 == 0 else {
      throw .broken("The WebP's picture has no beginning.")
    }
    return ((facts & 0x3FFF) + 1, (facts >> 14 & 0x3FFF) + 1, facts >> 28 & 1 == 1)
  }
}
