import CJPEG

/// A JPEG in the making, as everything is kept here: progressive, with tables of its own, colours at half the size (4:2:0).
@safe final class JPEGEncoder {
  private let writer: OpaquePointer
  private let rowBytes: Int

  init(width: Int, height: Int, channels: Int, quality: Int) throws(PictureError) {
    precondition((1...100).contains(quality) && (channels == 1 || channels == 3))
    precondition((1...PictureLimits.longestSide).contains(width))
    precondition((1...PictureLimits.longestSide).contains(height))
    guard
      let made = unsafe cjpeg_writer_make(UInt32(width), UInt32(height), UInt32(channels), UInt32(quality))
    else { throw .noMemory }
    unsafe writer = made
    rowBytes = width * channels
  }

  deinit { unsafe cjpeg_writer_close(writer) }

  /// What one of these holds: half as many colours as pixels, two bytes each, and the rows at work.
  static func memory(width: Int, height: Int, channels: Int) -> Int {
    (width + 16) * (height + 16) * (channels == 1 ? 2 : 3) + width * 128 + (1 << 20)
  }

  /// The next row from the top.
  func add(_ row: [UInt8]) throws(PictureError) {
    precondition(row.count >= rowBytes)
    try unsafe check(cjpeg_writer_row(writer, row))
  }

  /// After the last row, once.
  func finish() throws(PictureError) -> [UInt8] {
    var bytes: UnsafePointer<UInt8>?
    var count = 0
    try unsafe check(cjpeg_writer_finish(writer, &bytes, &count))
    return unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
  }

  /// The same picture as in `source`, to the last bit, packed as ours and without whatever else the file carried. nil when it cannot be.
  static func repacked(_ source: [UInt8]) -> [UInt8]? {
    guard let writer = try? JPEGEncoder(width: 8, height: 8, channels: 3, quality: 85) else { return nil }
    var bytes: UnsafePointer<UInt8>?
    var count = 0
    let outcome = unsafe cjpeg_writer_repack(
      writer.writer, source, source.count, PictureLimits.decodeBytes, UInt32(PictureLimits.mostScans),
      &bytes, &count)
    guard UInt32(bitPattern: outcome) == CJPEG_DONE.rawValue else { return nil }
    return unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
  }

  /// Nothing that is given to it can be wrong, so only memory can be the reason.
  private func check(_ outcome: Int32) throws(PictureError) {
    guard UInt32(bitPattern: outcome) == CJPEG_DONE.rawValue else { throw .noMemory }
  }
}
