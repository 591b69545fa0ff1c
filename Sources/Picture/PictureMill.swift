/// Strangers' pictures in, small and safe ones out: a JPEG of ours that is upright, opaque, without metadata and no larger than wanted,
/// and a thumbnail of it.
///
/// Synchronous: for a thread that may be busy for tens to hundreds of milliseconds, never the loop. Holds no more than `memory` says
/// beside the bytes it is given and those it returns; take that from the `DecodeBudget` first.
package enum PictureMill {
  package struct Order: Sendable, Hashable {
    /// What the result must fit into. A smaller picture is never made larger.
    package var maxWidth: Int
    package var maxHeight: Int
    /// The square that the thumbnail must fit into; nil for none.
    package var thumbnailSide: Int?
    /// 1 to 100, as libjpeg counts.
    package var quality = 85
    /// What is seen through a picture that is not opaque.
    package var background = PictureColour.white

    package init(maxWidth: Int, maxHeight: Int, thumbnailSide: Int? = nil) {
      self.maxWidth = maxWidth
      self.maxHeight = maxHeight
      self.thumbnailSide = thumbnailSide
    }

    /// A picture to keep.
    package static func picture(maxSide: Int = 1920, thumbnailSide: Int? = 256) -> Order {
      Order(maxWidth: maxSide, maxHeight: maxSide, thumbnailSide: thumbnailSide)
    }

    /// A companion's header: only its width matters, since pages scroll.
    package static func header(maxWidth: Int = 800) -> Order {
      Order(maxWidth: maxWidth, maxHeight: PictureLimits.longestSide)
    }
  }

  package struct Made: Sendable, Hashable {
    package struct File: Sendable, Hashable {
      package let jpeg: [UInt8]
      package let width: Int
      package let height: Int
    }

    package let main: File
    package let thumbnail: File?
    /// What it was made from; sizes as shown.
    package let original: PictureHeader
    /// The main file has the original's own pixels to the last bit: no smaller one could be made.
    package let isOriginal: Bool
  }

  /// What `make` holds for this picture at most, in bytes.
  package static func memory(_ header: PictureHeader, _ order: Order) -> Int {
    let plan = plan(header, order)
    let channels = header.colour == .grey && order.background.isGrey ? 1 : 3
    func scaling(_ source: PicturePipeline.Size, _ target: PicturePipeline.Size) -> Int {
      source == target
        ? 0
        : RowScaler.memory(
          from: source.width, source.height, to: target.width, target.height, channels: channels)
    }
    func sink(_ size: PicturePipeline.Size) -> Int {
      JPEGSink.memory(
        width: size.width, height: size.height, channels: channels, orientation: header.orientation)
    }
    // Rows at work in the decoder (of up to 16 bits and four samples, a few at a time) and here.
    var sum =
      header.wholeBytes + header.storedWidth * 8 * 24 + scaling(plan.source, plan.main) + sink(plan.main)
    // Its own coefficients, should they be packed again.
    if mayKeep(header, plan) { sum += plan.main.width * plan.main.height * 2 * 3 + (1 << 20) }
    if let thumbnail = plan.thumbnail { sum += scaling(plan.main, thumbnail) + sink(thumbnail) }
    return sum
  }

  /// `isCancelled` is asked every few rows.
  package static func make(
    _ bytes: [UInt8], _ order: Order, isCancelled: () -> Bool = { false }
  ) throws(PictureError) -> Made {
    try make(bytes, PictureHeader.read(bytes), order, isCancelled: isCancelled)
  }

  /// For whoever read the header already, to take its memory from the budget.
  package static func make(
    _ bytes: [UInt8], _ header: PictureHeader, _ order: Order, isCancelled: () -> Bool = { false }
  ) throws(PictureError) -> Made {
    precondition(order.maxWidth > 0 && order.maxHeight > 0 && (order.thumbnailSide ?? 1) > 0)
    let plan = plan(header, order)
    // A thumbnail that would be as large as the picture is the picture.
    let hasOwnThumbnail = plan.thumbnail != nil && plan.thumbnail != plan.main
    var sinks: (main: JPEGSink, thumbnail: JPEGSink?)?
    try PicturePipeline.run(
      bytes, header, plan, background: order.background, isCancelled: isCancelled
    ) { channels throws(PictureError) in
      func sink(_ size: PicturePipeline.Size) throws(PictureError) -> JPEGSink {
        try JPEGSink(
          width: size.width, height: size.height, channels: channels, orientation: header.orientation,
          quality: order.quality)
      }
      var thumbnail: JPEGSink?
      if let size = plan.thumbnail, hasOwnThumbnail { thumbnail = try sink(size) }
      let main = try sink(plan.main)
      sinks = (main, thumbnail)
      return (main, thumbnail)
    }
    guard let sinks else { preconditionFailure("rows went by without a place to go") }
    func file(_ jpeg: [UInt8], _ size: PicturePipeline.Size) -> Made.File {
      let shown = header.orientation.swapsSides ? size.swapped : size
      return Made.File(jpeg: jpeg, width: shown.width, height: shown.height)
    }
    let (encoded, isOriginal) = try smallest(sinks.main.finish(), bytes, header, plan)
    let main = file(encoded, plan.main)
    var thumbnail = plan.thumbnail == nil ? nil : main
    if let size = plan.thumbnail, let sink = sinks.thumbnail { thumbnail = file(try sink.finish(), size) }
    return Made(main: main, thumbnail: thumbnail, original: header, isOriginal: isOriginal)
  }

  /// A JPEG that was small already may only grow when it is encoded once more, and would lose quality for that: then its own
  /// coefficients are packed again, which drops its metadata and nothing else.
  private static func smallest(
    _ encoded: [UInt8], _ bytes: [UInt8], _ header: PictureHeader, _ plan: PicturePipeline.Plan
  ) -> (jpeg: [UInt8], isOriginal: Bool) {
    guard mayKeep(header, plan), encoded.count >= bytes.count,
      let repacked = JPEGEncoder.repacked(bytes), repacked.count < encoded.count
    else { return (encoded, false) }
    return (repacked, true)
  }

  private static func mayKeep(_ header: PictureHeader, _ plan: PicturePipeline.Plan) -> Bool {
    header.kind == .jpeg && header.orientation == .upright && header.colour != .ink
      && plan.main == plan.source && plan.eighths == 8
  }

  private static func plan(_ header: PictureHeader, _ order: Order) -> PicturePipeline.Plan {
    PicturePipeline.Plan(
      header, fitting: PicturePipeline.Size(width: order.maxWidth, height: order.maxHeight),
      thumbnail: order.thumbnailSide.map { PicturePipeline.Size(width: $0, height: $0) })
  }
}
