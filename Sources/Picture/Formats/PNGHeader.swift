/// A PNG's chunks, walked to the end for their names and lengths alone.
enum PNGHeader {
  private struct Facts {
    var pixelBytes = 0
    var hasTransparentColour = false
    var isAnimated = false
    var isScreen = false
    var gamma: Double?
    var orientation = Orientation.upright
  }

  static func read(_ bytes: [UInt8]) throws(PictureError) -> PictureHeader {
    var cursor = ByteCursor(bytes, PNGFile.signature.count..<bytes.count)
    guard cursor.number(4) == 13, cursor.number(4) == Int(PNGFile.header),
      let width = cursor.number(4), let height = cursor.number(4), let depth = cursor.byte(),
      let type = cursor.byte(), let packing = cursor.byte(), let filters = cursor.byte(),
      let interlacing = cursor.byte(), cursor.skip(4)
    else { throw .broken("The PNG has no header.") }
    let depths: [Int]
    switch type {
    case 0: depths = [1, 2, 4, 8, 16]
    case 3: depths = [1, 2, 4, 8]
    case 2, 4, 6: depths = [8, 16]
    default: depths = []
    }
    guard depths.contains(depth), packing == 0, filters == 0, interlacing <= 1 else {
      throw .broken("The PNG's header says what no PNG can be.")
    }
    // Before the rest of the file is looked at.
    try PictureLimits.check(width: width, height: height, whole: interlacing == 1)
    let facts = try walk(&cursor)
    let samples = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][type] ?? 1
    let rowBytes = (width * samples * depth + 7) / 8 + 1
    // zlib packs a byte into no less than a 1,032nd of its size.
    try PictureLimits.check(bytes: facts.pixelBytes, needed: rowBytes * height / 1100)
    let channels = (type == 0 || type == 4 ? 1 : 3) + (type >= 4 || facts.hasTransparentColour ? 1 : 0)
    return try PictureHeader(
      kind: .png, width: width, height: height, colour: type == 0 || type == 4 ? .grey : .colour,
      hasAlpha: type >= 4 || facts.hasTransparentColour, orientation: facts.orientation,
      isWhole: interlacing == 1, isAnimated: facts.isAnimated,
      gamma: facts.isScreen ? nil : facts.gamma, wholeBytes: interlacing == 1 ? width * height * channels : 0)
  }

  private static func walk(_ cursor: inout ByteCursor) throws(PictureError) -> Facts {
    var facts = Facts()
    var count = 0
    while let length = cursor.number(4), let type = cursor.number(4) {
      let start = cursor.at
      let available = min(length, cursor.left)
      switch UInt32(type) {
      case PNGFile.type("IDAT"):
        facts.pixelBytes += available
        // Pieces of nothing would make the walk as long as the file.
        if length == 0 { count += 1 }
      case PNGFile.end: return facts
      default:
        count += 1
        take(UInt32(type), ByteCursor(cursor.bytes, start..<(start + available)), &facts)
      }
      guard count <= PictureLimits.mostChunks else {
        throw .tooLarge("The PNG has more than \(PictureLimits.mostChunks) chunks beside its pixels.")
      }
      guard length <= cursor.left - 4, cursor.skip(length + 4) else { break }
    }
    return facts
  }

  private static func take(_ type: UInt32, _ data: ByteCursor, _ facts: inout Facts) {
    // Only those before the pixels count for how the pixels are read.
    guard facts.pixelBytes == 0 || type == PNGFile.type("eXIf") else { return }
    var data = data
    switch type {
    case PNGFile.type("tRNS"): facts.hasTransparentColour = true
    case PNGFile.type("acTL"): facts.isAnimated = true
    // A profile says more than an exponent. It is nearly always that of a screen, and is not applied.
    case PNGFile.type("sRGB"), PNGFile.type("iCCP"), PNGFile.type("cICP"): facts.isScreen = true
    case PNGFile.type("gAMA"):
      guard let value = data.number(4), (1000...1_000_000).contains(value) else { return }
      let gamma = Double(value) / 100_000
      // Near 1/2.2 a program means "as on a screen", whatever its rounding.
      facts.gamma = abs(gamma * 2.2 - 1) < 0.1 ? nil : gamma
    case PNGFile.type("eXIf"): facts.orientation = .ofExif(data.bytes, data.at..<data.end)
    default: break
    }
  }
}
