/// What the samples of a decoder's row are.
enum SampleLayout: Sendable, Hashable {
  case grey, greyAlpha, colour, colourAlpha
  /// Four inks; `inverted` when 0 is full ink, as Adobe's programs write it.
  case ink(inverted: Bool)

  var samples: Int {
    switch self {
    case .grey: 1
    case .greyAlpha: 2
    case .colour: 3
    case .colourAlpha, .ink: 4
    }
  }
}

/// A decoder that gives a picture row by row, as it is stored, top first. For one thread, and only while the bytes it was made with
/// are lent to it.
///
/// A file that ends early is shown as far as it goes when nine tenths of its rows are there, which is what a viewer would do with a
/// picture that lost its tail on the way; with less it is refused. What is missing is what libjpeg makes of it, or white. Pictures that
/// are decoded whole (`PictureHeader.isWhole`) must be all there: half of their bytes are all of the picture in half of its quality, and
/// nobody would notice until it is too late to fetch it again. A progressive JPEG may lack the end of its last scan.
protocol RowReader: AnyObject {
  var width: Int { get }
  var height: Int { get }
  var layout: SampleLayout { get }

  /// Reads a little further in a picture that must be read whole; false as long as there is more to do. Before the first row.
  func absorb() throws(PictureError) -> Bool
  /// The next row, into room for `width * layout.samples` bytes. At most `height` times.
  func read(into row: inout [UInt8]) throws(PictureError)
}

extension RowReader {
  /// Rows without which a picture counts as cut short.
  static func needed(of height: Int) -> Int { height - height / 10 }
}

enum RowReading {
  /// Opens a picture for `body`, a JPEG at that many eighths of its size. The reader must not be kept.
  static func with<Answer>(
    _ bytes: [UInt8], _ header: PictureHeader, eighths: Int = 8,
    _ body: (any RowReader) throws(PictureError) -> Answer
  ) throws(PictureError) -> Answer {
    try unsafe bytes.withUnsafeBufferPointer { lent throws(PictureError) in
      let reader: any RowReader
      switch header.kind {
      case .jpeg: reader = try unsafe JPEGRows(lent, eighths: eighths)
      case .png: reader = try unsafe PNGRows(lent)
      case .webp: reader = try unsafe WebPRows(lent, header)
      }
      // A header that meant something else to us than to the decoder would have been judged by the wrong limits.
      let (width, height) = (
        (header.storedWidth * eighths + 7) / 8, (header.storedHeight * eighths + 7) / 8
      )
      guard reader.width == width, reader.height == height else {
        throw .broken("The picture's headers contradict each other.")
      }
      return try body(reader)
    }
  }
}
