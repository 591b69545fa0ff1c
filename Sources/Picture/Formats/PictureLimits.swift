/// How large a stranger's picture may be. The header tells, so that nothing is decoded to find out.
package enum PictureLimits {
  /// Larger than any camera that a person carries; decoded row by row, so memory does not depend on it.
  package static let mostPixels = 64_000_000
  /// For those that must be decoded whole before the first row is known: progressive JPEG, interlaced PNG, WebP.
  package static let mostPixelsWhole = 24_000_000
  package static let longestSide = 16_384
  /// What all decodes at one time may hold of such wholes and of rows.
  package static let decodeBytes = 160 << 20
  /// A progressive JPEG has about ten; each is a pass over the whole picture, and an empty one costs its sender ten bytes.
  package static let mostScans = 64
  /// What stands between the pixels of PNG and WebP files: profiles, texts, times. Pixels in pieces are not counted.
  package static let mostChunks = 1024
  /// Segments of a JPEG before its first scan; a profile of 16 MB needs 255.
  package static let mostSegments = 1024

  static func check(width: Int, height: Int, whole: Bool) throws(PictureError) {
    guard width > 0, height > 0 else { throw .broken("The picture says that it has no pixels.") }
    guard width <= longestSide, height <= longestSide else {
      throw .tooLarge("The picture is \(width) x \(height) pixels; a side may have \(longestSide).")
    }
    let most = whole ? mostPixelsWhole : mostPixels
    guard width * height <= most else {
      let why = whole ? " of a kind that is decoded whole (progressive, interlaced or WebP)" : ""
      throw .tooLarge(
        "The picture is \(width) x \(height) pixels; one\(why) may have \(most / 1_000_000) million.")
    }
  }

  /// No encoder gets so many pixels into so few bytes: what is there is the header of something else.
  static func check(bytes: Int, needed: Int) throws(PictureError) {
    guard bytes >= needed else {
      throw .broken("The file has \(bytes) bytes, far fewer than a picture of its size needs.")
    }
  }
}
