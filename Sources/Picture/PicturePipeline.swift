/// One pass over a picture's rows, for a large result and a small one made from it.
enum PicturePipeline {
  struct Size: Sendable, Hashable {
    var width: Int
    var height: Int

    /// The largest of this shape that fits, never larger than this.
    func fitting(_ most: Size) -> Size {
      precondition(most.width > 0 && most.height > 0)
      let scale = min(
        1, Double(most.width) / Double(width), Double(most.height) / Double(height))
      return Size(
        width: max(1, Int((Double(width) * scale).rounded())),
        height: max(1, Int((Double(height) * scale).rounded())))
    }

    var swapped: Size { Size(width: height, height: width) }
  }

  /// The sizes of both results, as stored and as shown.
  struct Plan: Sendable, Hashable {
    let source: Size
    let main: Size
    let thumbnail: Size?
    /// At how many eighths of its size a JPEG is decoded: what is left is still at least twice what is wanted.
    let eighths: Int

    init(_ header: PictureHeader, fitting most: Size, thumbnail: Size?) {
      let stored = Size(width: header.storedWidth, height: header.storedHeight)
      let turns = header.orientation.swapsSides
      let main = stored.fitting(turns ? most.swapped : most)
      self.main = main
      // Made from the other, so no larger than it: a narrow picture may fit the square and not the rest.
      self.thumbnail = thumbnail.map { side in
        let size = stored.fitting(turns ? side.swapped : side)
        return Size(width: min(size.width, main.width), height: min(size.height, main.height))
      }
      func scaled(_ eighths: Int) -> Size {
        Size(width: (stored.width * eighths + 7) / 8, height: (stored.height * eighths + 7) / 8)
      }
      let eighths =
        header.kind != .jpeg
        ? 8
        : [1, 2, 4].first {
          let size = scaled($0)
          return size.width >= main.width * 2 && size.height >= main.height * 2
        } ?? 8
      self.eighths = eighths
      source = scaled(eighths)
    }
  }

  /// How many pixels are read before it is asked again whether anybody wants them.
  private static let pixelsAtOnce = 1 << 16

  /// Feeds both sinks. `makeSinks` learns how many channels the rows will have, 1 or 3.
  static func run(
    _ bytes: [UInt8], _ header: PictureHeader, _ plan: Plan, background: PictureColour,
    isCancelled: () -> Bool,
    makeSinks: (Int) throws(PictureError) -> (main: any RowSink, thumbnail: (any RowSink)?)
  ) throws(PictureError) {
    try RowReading.with(bytes, header, eighths: plan.eighths) { reader throws(PictureError) in
      guard !isCancelled() else { throw .cancelled }
      while try !reader.absorb() { guard !isCancelled() else { throw .cancelled } }
      var flat = FlatRows(
        width: reader.width, layout: reader.layout, gamma: header.gamma, background: background)
      let sinks = try makeSinks(flat.channels)
      let main = ScaledRows(from: plan.source, to: plan.main, channels: flat.channels, sinks.main)
      let thumbnail = plan.thumbnail.flatMap { size in
        sinks.thumbnail.map { ScaledRows(from: plan.main, to: size, channels: flat.channels, $0) }
      }
      var row = [UInt8](repeating: 0, count: reader.width * flat.channels)
      let rowsAtOnce = max(1, pixelsAtOnce / reader.width)
      for y in 0..<reader.height {
        if y % rowsAtOnce == 0, isCancelled() { throw .cancelled }
        try flat.next(of: reader, into: &row)
        guard let scaler = main.scaler else {
          try main.sink.take(row)
          try thumbnail?.take(row)
          continue
        }
        scaler.take(row)
        while try main.produce() { try thumbnail?.take(scaler.output) }
      }
      // What is left to do is packing, a tenth of a second at most.
      guard !isCancelled() else { throw .cancelled }
    }
  }
}

/// Rows on their way into a sink, through a scaler where the size changes.
private final class ScaledRows {
  let scaler: RowScaler?
  let sink: any RowSink
  private var row: [UInt8]

  init(from source: PicturePipeline.Size, to target: PicturePipeline.Size, channels: Int, _ sink: any RowSink)
  {
    self.sink = sink
    scaler =
      source == target
      ? nil
      : RowScaler(from: source.width, source.height, to: target.width, target.height, channels: channels)
    row = [UInt8](repeating: 0, count: target.width * channels)
  }

  func take(_ row: [UInt8]) throws(PictureError) {
    guard let scaler else { return try sink.take(row) }
    scaler.take(row)
    while try produce() {}
  }

  func take(_ light: Floats) throws(PictureError) {
    guard let scaler else { return try put(light) }
    scaler.take(light)
    while try produce() {}
  }

  /// Whether the scaler had a row, which is in the sink then.
  func produce() throws(PictureError) -> Bool {
    guard let scaler, scaler.produce() else { return false }
    try put(scaler.output)
    return true
  }

  private func put(_ light: Floats) throws(PictureError) {
    precondition(light.count >= row.count)
    unsafe row.withUnsafeMutableBufferPointer { row in
      unsafe RowKernels.bytes(of: UnsafePointer(light.start), into: row)
    }
    try sink.take(row)
  }
}
