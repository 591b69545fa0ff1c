import Testing

@testable import Picture

@Suite struct PictureHeaderTests {
  /// A PNG of which only what the header is judged by is there.
  private func claim(_ width: Int, _ height: Int, depth: Int = 1, type: Int = 0, interlaced: Bool = false)
    -> [UInt8]
  {
    let rows = ((width * depth + 7) / 8 + 1) * height
    return MadePNG.header(width, height, depth: depth, type: type, interlaced: interlaced)
      + Samples.chunk("IDAT", [UInt8](repeating: 0, count: rows / 1100 + 1)) + Samples.chunk("IEND", [])
  }

  /// A JPEG's header, and that many bytes that stand for its pixels.
  private func jpeg(
    _ width: Int, _ height: Int, frame: UInt8 = 0xC0, precision: UInt8 = 8,
    sampling: [UInt8] = [0x22, 0x11, 0x11],
    inScan: Int? = nil, bytes: Int? = nil, before: [UInt8] = []
  ) -> [UInt8] {
    var result: [UInt8] = [0xFF, 0xD8] + before
    let count = UInt8(sampling.count)
    result += [0xFF, frame, 0, 8 + 3 * count, precision]
    result += [UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255), count]
    for (index, factors) in sampling.enumerated() { result += [UInt8(index + 1), factors, 0] }
    let scan = inScan ?? sampling.count
    result += [0xFF, 0xDA, 0, UInt8(6 + 2 * scan), UInt8(scan)]
    for index in 0..<scan { result += [UInt8(index + 1), 0] }
    result += [0, 63, 0]
    return result + [UInt8](repeating: 0, count: bytes ?? width * height / 512 + 1)
  }

  private func webp(_ name: String, _ data: [UInt8]) -> [UInt8] {
    func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }
    return Array("RIFF".utf8) + number(data.count + 12) + Array("WEBP\(name)".utf8) + number(data.count)
      + data
  }

  private func lossless(_ width: Int, _ height: Int, hasAlpha: Bool = false) -> [UInt8] {
    let facts = (width - 1) | (height - 1) << 14 | (hasAlpha ? 1 << 28 : 0)
    let data = [0x2F] + (0..<4).map { UInt8(facts >> (8 * $0) & 255) }
    return webp("VP8L", data + [UInt8](repeating: 0, count: width * height / 131_072 + 1))
  }

  private func reason(_ bytes: [UInt8]) -> PictureError.Reason? {
    do throws(PictureError) {
      _ = try PictureHeader.read(bytes)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test(arguments: [
    ("jpeg-baseline", PictureKind.jpeg, false), ("jpeg-progressive", .jpeg, true),
    ("jpeg-scans", .jpeg, true),
    ("png-rgb", .png, false), ("png-interlaced", .png, true), ("webp-lossy", .webp, true),
    ("webp-lossless", .webp, true), ("webp-alpha", .webp, true),
  ])
  func `a picture says what it is`(_ name: String, _ kind: PictureKind, _ isWhole: Bool) throws {
    let header = try PictureHeader.read(Corpus.bytes(name))
    #expect(header.kind == kind && header.isWhole == isWhole)
    #expect(header.width * header.height == 32 * 24)
    #expect(header.hasAlpha == name.contains("alpha"))
    #expect(header.orientation == (name == "png-interlaced" ? .turnedRight : .upright))
  }

  @Test(arguments: [
    ("GIF89a", "GIF"), ("\0\0\0\u{18}ftypheic", "HEIC"), ("\0\0\0\u{18}ftypavif", "AVIF"), ("II*\0", "TIFF"),
    ("MM\0*", "TIFF"), (" \n<svg xmlns=", "SVG"), ("<?xml version='1.0'?><svg>", "SVG"),
    ("<!DOCTYPE html><p>", "web page"), ("\u{FEFF}<html>", "web page"),
    ("{\"error\": \"out of memory\"}", "JSON"),
    ("data:image/png;base64,", "data:"), ("%PDF-1.4", "PDF"), ("\0\0\0\u{18}ftypisom", "film"),
    ("BM" + String(repeating: "\0", count: 30), "BMP"), ("RIFF\0\0\0\0WAVE", "sound"),
    ("PK\u{3}\u{4}", "ZIP"),
  ])
  func `what is no picture of ours is refused by its name`(_ start: String, _ name: String) {
    #expect {
      try PictureHeader.read(Array(start.utf8))
    } throws: { error in
      let error = error as? PictureError
      return error?.reason == .unsupported && error?.message.contains(name) == true
    }
  }

  @Test func `nothing and nonsense are refused too`() {
    #expect(reason([]) == .broken)
    #expect(reason([1, 2, 3]) == .unsupported)
    #expect(reason([0xFF, 0xD8, 0xFF]) == .broken)
    #expect(reason(PNGFile.signature) == .broken)
    #expect(reason(Array("RIFF\0\0\0\0WEBP".utf8)) == .broken)
  }

  @Test func `a side at the limit is taken, and one pixel more is refused`() {
    let side = PictureLimits.longestSide
    #expect(reason(claim(side, 16)) == nil && reason(claim(16, side)) == nil)
    #expect(reason(claim(side + 1, 16)) == .tooLarge && reason(claim(16, side + 1)) == .tooLarge)
    #expect(reason(jpeg(side, 16)) == nil && reason(jpeg(16, side + 1)) == .tooLarge)
    #expect(reason(claim(0, 16)) == .broken && reason(jpeg(16, 0)) == .broken)
    // The longest that WebP can say is the limit.
    #expect(reason(lossless(side, 16)) == nil)
  }

  @Test func `so many pixels row by row, and fewer where all are decoded at once`() {
    #expect(reason(claim(8000, 8000)) == nil)
    #expect(reason(claim(8000, 8001)) == .tooLarge)
    #expect(reason(claim(6000, 4000, interlaced: true)) == nil)
    #expect(reason(claim(6000, 4001, interlaced: true)) == .tooLarge)
    #expect(reason(jpeg(8000, 8000)) == nil)
    #expect(reason(jpeg(8000, 8001)) == .tooLarge)
    for (frame, inScan) in [(UInt8(0xC2), 3), (0xC0, 1)] {
      #expect(reason(jpeg(6000, 4000, frame: frame, inScan: inScan)) == nil)
      #expect(reason(jpeg(6000, 4001, frame: frame, inScan: inScan)) == .tooLarge)
    }
    #expect(reason(lossless(6000, 3900)) == nil)
    #expect(reason(lossless(6000, 4001)) == .tooLarge)
  }

  @Test func `what would take more than the decode budget is refused, whatever its pixels`() {
    // Four bytes of pixels and four of the decoder's own.
    #expect(reason(lossless(5000, 4194, hasAlpha: true)) == nil)
    #expect(reason(lossless(5000, 4195, hasAlpha: true)) == .tooLarge)
    // Four inks of two bytes.
    #expect(reason(jpeg(4576, 4576, frame: 0xC2, sampling: [0x11, 0x11, 0x11, 0x11])) == nil)
    #expect(reason(jpeg(4584, 4584, frame: 0xC2, sampling: [0x11, 0x11, 0x11, 0x11])) == .tooLarge)
  }

  @Test func `too few bytes for so many pixels are no picture`() {
    #expect(reason(jpeg(8000, 8000, bytes: 8000 * 8000 / 2048)) == nil)
    #expect(reason(jpeg(8000, 8000, bytes: 8000 * 8000 / 2048 - 1)) == .broken)
    let short = MadePNG.header(8000, 8000, depth: 1, type: 0)
    let needed = (8000 / 8 + 1) * 8000 / 1100
    #expect(reason(short + Samples.chunk("IDAT", [UInt8](repeating: 0, count: needed))) == nil)
    #expect(reason(short + Samples.chunk("IDAT", [UInt8](repeating: 0, count: needed - 1))) == .broken)
    #expect(reason(Array(lossless(6000, 3900).dropLast(6000 * 3900 / 131_072))) == .broken)
  }

  @Test func `a thousand chunks are enough`() {
    func picture(_ count: Int, _ name: StaticString) -> [UInt8] {
      var bytes = MadePNG.header(8, 8)
      let chunk = Samples.chunk(name, [])
      for _ in 0..<count { bytes += chunk }
      return bytes + Samples.chunk("IDAT", [0]) + Samples.chunk("IEND", [])
    }
    for name in ["teXt", "IDAT"] as [StaticString] {
      #expect(reason(picture(PictureLimits.mostChunks, name)) == nil)
      #expect(reason(picture(PictureLimits.mostChunks + 1, name)) == .tooLarge)
    }
    let bomb = picture(100_000, "teXt")
    var refusal: PictureError.Reason?
    let time = ContinuousClock().measure { refusal = reason(bomb) }
    #expect(refusal == .tooLarge && time < .milliseconds(100))
    let segment: [UInt8] = [0xFF, 0xE5, 0, 2]
    func jpeg(_ count: Int) -> [UInt8] {
      self.jpeg(8, 8, before: (0..<count).flatMap { _ in segment })
    }
    #expect(reason(jpeg(PictureLimits.mostSegments - 2)) == nil)
    #expect(reason(jpeg(PictureLimits.mostSegments - 1)) == .broken)
  }

  @Test func `a bomb is refused before it is looked into`() {
    let bomb =
      MadePNG.header(30_000, 30_000, depth: 1, type: 0)
      + Samples.chunk("IDAT", Samples.bomb(megabytes: 112)) + Samples.chunk("IEND", [])
    var refusal: PictureError.Reason?
    let time = ContinuousClock().measure { refusal = reason(bomb) }
    #expect(refusal == .tooLarge && time < .milliseconds(10))
  }

  @Test func `kinds of JPEG that nobody sends are refused by name`() {
    for frame in [0xC3, 0xC5, 0xC9, 0xCA, 0xCF] as [UInt8] {
      #expect(reason(jpeg(8, 8, frame: frame)) == .unsupported)
    }
    #expect(reason(jpeg(8, 8, precision: 12)) == .unsupported)
    #expect(reason(jpeg(8, 8, sampling: [0x11, 0x11])) == .unsupported)
    #expect(reason(jpeg(8, 8, sampling: [0x51, 0x11, 0x11])) == .broken)
    #expect(reason(jpeg(8, 8, sampling: [0x01, 0x11, 0x11])) == .broken)
    #expect(reason((try? Corpus.bytes("jpeg-arithmetic")) ?? []) == .unsupported)
  }

  @Test func `an animated WebP is refused, an animated PNG is its first picture`() throws {
    #expect(reason(try Corpus.bytes("webp-animated")) == .unsupported)
    var made = MadePNG.noise(8, 8)
    made.chunks = [Samples.chunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0])]
    #expect(try PictureHeader.read(made.bytes).isAnimated)
    #expect(try PicturePixels.read(made.bytes, maxWidth: 8, maxHeight: 8).rgb.count == 192)
  }

  @Test func `a header that is cut anywhere is refused or the same`() throws {
    for name in Corpus.names {
      let bytes = try Corpus.bytes(name)
      let whole = try? PictureHeader.read(bytes)
      for count in 0..<bytes.count {
        guard let part = try? PictureHeader.read(Array(bytes.prefix(count))) else { continue }
        #expect(part.storedWidth == whole?.storedWidth && part.storedHeight == whole?.storedHeight)
      }
    }
  }

  @Test func `EXIF is read in both byte orders and never past its end`() {
    let big = MadePNG.exif(6)
    #expect(Orientation.ofExif(big, 0..<big.count) == .turnedRight)
    let little: [UInt8] = [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0]
    #expect(Orientation.ofExif(little, 0..<little.count) == .turnedLeft)
    for block in [big, little] {
      for count in 0..<22 { #expect(Orientation.ofExif(block, 0..<min(count, 20)) == .upright) }
    }
    for (index, value) in [(19, UInt8(9)), (19, 0), (13, 4), (17, 2), (7, 0xFF), (8, 0xFF)] {
      var wrong = big
      wrong[index] = value
      #expect(
        Orientation.ofExif(wrong, 0..<wrong.count) == (index == 8 ? .turnedRight : .upright), "\(index)")
    }
  }
}
