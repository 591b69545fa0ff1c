import Testing

@testable import Picture

@Suite struct DecodingTests {
  private func pixels(_ bytes: [UInt8], background: PictureColour = .white) throws -> PicturePixels {
    try PicturePixels.read(bytes, maxWidth: 4096, maxHeight: 4096, background: background)
  }

  private func colours(_ made: MadePNG, background: PictureColour = .white) throws -> [UInt8] {
    let pixels = try pixels(made.bytes, background: background)
    #expect((pixels.width, pixels.height) == (made.width, made.height))
    return pixels.rgb
  }

  private func over(_ value: Int, _ behind: Int, _ opacity: Int) -> UInt8 {
    UInt8((Double(value * opacity + behind * (255 - opacity)) / 255).rounded())
  }

  @Test(arguments: [false, true])
  func `a PNG of every kind comes out as its samples say`(_ isInterlaced: Bool) throws {
    let (width, height) = (19, 13)
    for depth in [1, 2, 4, 8, 16] {
      let most = 1 << depth - 1
      let value = { (x: Int, y: Int) in (x * 37 + y * 11) % (most + 1) }
      let grey = MadePNG(width: width, height: height, type: 0, depth: depth, isInterlaced: isInterlaced) {
        [value($0, $1)]
      }
      let expected = (0..<(width * height)).flatMap { at in
        let exact = Double(value(at % width, at / width)) * 255 / Double(most)
        return [UInt8](repeating: UInt8(exact.rounded()), count: 3)
      }
      #expect(try colours(grey) == expected, "grey of \(depth) bits")
      guard depth <= 8 else { continue }
      var palette = MadePNG(width: width, height: height, type: 3, depth: depth, isInterlaced: isInterlaced) {
        [value($0, $1) % 2]
      }
      palette.chunks = [Samples.chunk("PLTE", [10, 20, 30, 200, 210, 220])]
      let chosen = (0..<(width * height)).flatMap { at -> [UInt8] in
        value(at % width, at / width) % 2 == 0 ? [10, 20, 30] : [200, 210, 220]
      }
      #expect(try colours(palette) == chosen, "palette of \(depth) bits")
    }
    for depth in [8, 16] {
      let scale = depth == 16 ? 257 : 1
      let colour = MadePNG(width: width, height: height, type: 2, depth: depth, isInterlaced: isInterlaced) {
        [$0 * 13 % 256 * scale, $1 * 17 % 256 * scale, ($0 + $1) * scale]
      }
      let expected = (0..<(width * height)).flatMap { at -> [UInt8] in
        let (x, y) = (at % width, at / width)
        return [UInt8(x * 13 % 256), UInt8(y * 17 % 256), UInt8(x + y)]
      }
      #expect(try colours(colour) == expected)
    }
  }

  @Test func `what is not opaque is laid over the background, exactly`() throws {
    let back = PictureColour(red: 250, green: 100, blue: 3)
    let colour = MadePNG(width: 256, height: 3, type: 6) { x, y in [200, 30, y * 100, x] }
    let expected = (0..<768).flatMap { at -> [UInt8] in
      let (x, y) = (at % 256, at / 256)
      return [over(200, 250, x), over(30, 100, x), over(y * 100, 3, x)]
    }
    #expect(try colours(colour, background: back) == expected)
    let grey = MadePNG(width: 256, height: 1, type: 4) { x, _ in [77, x] }
    #expect(
      try colours(grey, background: back)
        == (0..<256).flatMap { [over(77, 250, $0), over(77, 100, $0), over(77, 3, $0)] })
    #expect(try colours(grey) == (0..<256).flatMap { [UInt8](repeating: over(77, 255, $0), count: 3) })
    // A colour, or places of a palette, that mean nothing is there.
    var key = MadePNG(width: 2, height: 1, type: 2) { x, _ in [x, 0, 0] }
    key.chunks = [Samples.chunk("tRNS", [0, 1, 0, 0, 0, 0])]
    #expect(try colours(key, background: back) == [0, 0, 0, 250, 100, 3])
    var palette = MadePNG(width: 2, height: 1, type: 3) { x, _ in [x] }
    palette.chunks = [Samples.chunk("PLTE", [1, 2, 3, 4, 5, 6]), Samples.chunk("tRNS", [0])]
    #expect(try colours(palette, background: back) == [250, 100, 3, 4, 5, 6])
  }

  @Test func `a PNG's own exponent is honoured unless it is that of a screen`() throws {
    func picture(_ gamma: Int, also: [[UInt8]] = []) throws -> UInt8 {
      var made = MadePNG(width: 1, height: 1, type: 0) { _, _ in [128] }
      var data: [UInt8] = []
      PNGFile.append(number: UInt32(gamma), to: &data)
      made.chunks = also + [Samples.chunk("gAMA", data)]
      return try colours(made)[0]
    }
    #expect(try picture(45_455) == 128)
    #expect(try picture(42_000) == 128)
    // Light as it is: half of it looks like 188.
    #expect(try picture(100_000) == 188)
    #expect(try picture(100_000, also: [Samples.chunk("sRGB", [0])]) == 128)
    #expect(try picture(0) == 128 && picture(2_000_000_000) == 128)
  }

  @Test(arguments: Orientation.allCases)
  func `a picture is turned upright`(_ orientation: Orientation) throws {
    let (width, height) = (5, 3)
    var made = MadePNG(width: width, height: height) { x, y in [x * 10, y * 10, 7] }
    made.chunks = [Samples.chunk("eXIf", MadePNG.exif(orientation.rawValue))]
    let shown = try pixels(made.bytes)
    let (right, bottom) = (width - 1, height - 1)
    for y in 0..<shown.height {
      for x in 0..<shown.width {
        // Where the standard says that the pixel was stored.
        let stored: (x: Int, y: Int) =
          switch orientation {
          case .upright: (x, y)
          case .mirrored: (right - x, y)
          case .turnedHalf: (right - x, bottom - y)
          case .flipped: (x, bottom - y)
          case .transposed: (y, x)
          case .turnedRight: (y, bottom - x)
          case .transversed: (right - y, bottom - x)
          case .turnedLeft: (right - y, x)
          }
        let wanted = PictureColour(red: UInt8(stored.x * 10), green: UInt8(stored.y * 10), blue: 7)
        #expect(shown[x: x, y: y] == wanted)
      }
    }
  }

  @Test(arguments: Corpus.names.filter { !["jpeg-arithmetic", "jpeg-tall", "webp-animated"].contains($0) })
  func `every committed picture is decoded`(_ name: String) throws {
    let pixels = try pixels(Corpus.bytes(name), background: PictureColour(red: 0, green: 0, blue: 0))
    #expect(pixels.width * pixels.height == 32 * 24)
    guard !name.contains("grey"), !name.contains("palette"), !name.contains("rgb") else { return }
    // The green disc in the middle, and a corner: red at the right, blue at the bottom.
    let turned = pixels.width == 24
    if name == "jpeg-cmyk" {
      // Inks of somebody's profile, by the plain formula: the same in kind.
      let (disc, corner, other) = (pixels[x: 14, y: 12], pixels[x: 30, y: 22], pixels[x: 1, y: 22])
      #expect(disc.green > disc.red && disc.green > disc.blue, "\(disc)")
      #expect(corner.red > corner.green && corner.blue > corner.green, "\(corner)")
      #expect(pixels[x: 30, y: 0] == .white)
      #expect(other.blue > other.red && other.blue > other.green, "\(other)")
      return
    }
    let disc = turned ? pixels[x: 12, y: 14] : pixels[x: 14, y: 12]
    #expect(abs(Int(disc.green) - 200) < 30 && disc.red < 160, "\(disc)")
    let corner = turned ? pixels[x: 23, y: 30] : pixels[x: 30, y: 0]
    let isThere = name.contains("alpha") ? corner.red < 20 : abs(Int(corner.red) - 240) < 40
    #expect(isThere && corner.blue < 60, "\(corner)")
  }

  @Test func `a progressive JPEG and one in scans show what the baseline one shows`() throws {
    let baseline = try pixels(Corpus.bytes("jpeg-baseline"))
    for name in ["jpeg-progressive", "jpeg-scans", "jpeg-restart"] {
      #expect(try pixels(Corpus.bytes(name)) == baseline, "\(name)")
    }
  }

  @Test func `a lossless WebP comes out to the bit`() throws {
    let pixels = try pixels(Corpus.bytes("webp-lossless"))
    for y in 0..<24 {
      for x in 0..<32 {
        let isDisc = (x - 16) * (x - 16) + (y - 12) * (y - 12) < 49
        #expect(
          pixels[x: x, y: y]
            == PictureColour(red: UInt8(x * 8), green: isDisc ? 200 : 30, blue: UInt8(y * 10)))
      }
    }
  }

  @Test func `a PNG without its tail is shown when nine tenths are there, and refused otherwise`() throws {
    let made = MadePNG.noise(100, 400)
    let bytes = made.bytes
    let row = 301
    let whole = try pixels(bytes).rgb
    let begin = bytes.count - 12 - 4 - row * 400
    // libpng takes pixels in pieces of 5 KB here, and of the last one only what is whole.
    let most = try pixels(Array(bytes.prefix(begin + row * 398)))
    #expect(
      most.rgb.prefix(300 * 360) == whole.prefix(300 * 360)
        && most.rgb.suffix(300) == [UInt8](repeating: 255, count: 300))
    #expect {
      try pixels(Array(bytes.prefix(begin + row * 350)))
    } throws: { error in
      (error as? PictureError)?.reason == .broken
        && (error as? PictureError)?.message.contains("ends early") == true
    }
  }

  @Test(arguments: [false, true])
  func `a PNG whose pixels are all there and right needs no more`(_ isInterlaced: Bool) throws {
    var made = MadePNG.noise(20, 21)
    made.isInterlaced = isInterlaced
    let bytes = made.bytes
    let whole = try pixels(bytes)
    // The end, and the checksum of the last piece.
    for cut in [12, 16] { #expect(try pixels(Array(bytes.dropLast(cut))) == whole, "\(cut)") }
    // A wrong checksum of what was packed says that the pixels are not those.
    var wrong = bytes
    wrong[bytes.count - 20] ^= 1
    #expect(throws: PictureError.self) { try pixels(wrong) }
    // A picture of one row has no tail to lose.
    var line = MadePNG.noise(20, 1)
    line.isInterlaced = isInterlaced
    #expect(throws: PictureError.self) { try pixels(Array(line.bytes.dropLast(30))) }
  }

  @Test func `a JPEG without its end is shown when nine tenths are there, and refused otherwise`() throws {
    let made = MadePNG.noise(120, 400)
    let encoder = try PictureMill.make(made.bytes, .picture()).main.jpeg
    #expect(try PictureHeader.read(encoder).isWhole)
    // Progressive: all of its bits or nothing, but for the end marker.
    _ = try pixels(Array(encoder.dropLast(2)))
    #expect(throws: PictureError.self) { try pixels(Array(encoder.prefix(encoder.count / 2))) }
    #expect(throws: PictureError.self) { try pixels(Array(encoder.prefix(encoder.count * 8 / 10))) }
    let baseline = try Corpus.bytes("jpeg-444")
    let shown = try pixels(baseline)
    #expect(try pixels(Array(baseline.dropLast(2))) == shown)
    #expect(throws: PictureError.self) { try pixels(Array(baseline.dropLast(300))) }
    let tall = try Corpus.bytes("jpeg-tall")
    let all = try pixels(tall)
    let most = try pixels(Array(tall.dropLast(tall.count / 20)))
    let sound = 16 * 3 * 360
    #expect(most.rgb.prefix(sound) == all.rgb.prefix(sound) && most.rgb.count == all.rgb.count)
    #expect(throws: PictureError.self) { try pixels(Array(tall.dropLast(tall.count / 5))) }
    // An end mark where pixels should be is no better.
    let early = tall.prefix(tall.count / 2) + [0xFF, 0xD9] + tall.suffix(tall.count / 2)
    #expect(throws: PictureError.self) { try pixels(Array(early)) }
    for name in ["webp-lossy", "webp-lossless", "webp-alpha", "png-interlaced"] {
      let bytes = try Corpus.bytes(name)
      #expect(throws: PictureError.self, "\(name)") { try pixels(Array(bytes.prefix(bytes.count * 3 / 4))) }
    }
  }

  @Test func `a JPEG whose scans do not end is refused`() throws {
    let bytes = try Corpus.bytes("jpeg-progressive")
    // The last scan once more, and again.
    let scan = try #require(bytes.indices.dropLast().last { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA })
    let again = bytes[scan..<(bytes.count - 2)]
    func picture(_ count: Int) -> [UInt8] {
      var result = Array(bytes.dropLast(2))
      for _ in 0..<count { result += again }
      return result + [0xFF, 0xD9]
    }
    #expect(throws: PictureError.self) { try pixels(picture(100)) }
    do throws(PictureError) {
      _ = try PicturePixels.read(picture(100), maxWidth: 32, maxHeight: 32)
    } catch {
      #expect(error.reason == .tooLarge)
    }
    _ = try pixels(picture(20))
  }
}
