import Testing

@testable import Picture

@Suite struct PictureMillTests {
  private func markers(_ jpeg: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var at = 2
    while at + 4 <= jpeg.count, jpeg[at] == 0xFF {
      result.append(jpeg[at + 1])
      if jpeg[at + 1] == 0xDA { break }
      at += 2 + Int(jpeg[at + 2]) << 8 + Int(jpeg[at + 3])
    }
    return result
  }

  /// How the colours are sampled, of the header of a JPEG.
  private func sampling(_ jpeg: [UInt8]) throws -> [UInt8] {
    let frame = try #require(jpeg.indices.dropLast(20).first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC2 })
    return (0..<Int(jpeg[frame + 9])).map { jpeg[frame + 11 + $0 * 3] }
  }

  @Test func `a picture becomes a JPEG as they are kept here, and a thumbnail`() throws {
    let made = try PictureMill.make(MadePNG.noise(300, 200).bytes, .picture(maxSide: 150, thumbnailSide: 60))
    #expect((made.main.width, made.main.height) == (150, 100))
    let thumbnail = try #require(made.thumbnail)
    #expect((thumbnail.width, thumbnail.height) == (60, 40))
    #expect((made.original.width, made.original.height) == (300, 200) && !made.isOriginal)
    for file in [made.main, thumbnail] {
      let header = try PictureHeader.read(file.jpeg)
      #expect((header.width, header.height) == (file.width, file.height))
      // Progressive; no segment but JFIF's own, tables, the frame and its scans; colours at half the size.
      #expect(Set(markers(file.jpeg)) == [0xE0, 0xDB, 0xC2, 0xC4, 0xDA])
      #expect(try sampling(file.jpeg) == [0x22, 0x11, 0x11])
    }
  }

  @Test func `the thumbnail looks like the picture`() throws {
    let made = try PictureMill.make(
      MadePNG(width: 200, height: 200) { x, y in [x, y, 100] }.bytes,
      .picture(maxSide: 100, thumbnailSide: 20))
    let thumbnail = try PicturePixels.read(#require(made.thumbnail).jpeg, maxWidth: 20, maxHeight: 20)
    for place in 1..<19 {
      let pixel = thumbnail[x: place, y: 19 - place]
      #expect(abs(Int(pixel.red) - place * 10 - 5) < 12 && abs(Int(pixel.green) - (19 - place) * 10 - 5) < 12)
    }
  }

  @Test func `nothing is made larger, and a thumbnail as large as the picture is the picture`() throws {
    let made = try PictureMill.make(MadePNG.noise(40, 30).bytes, .picture())
    #expect((made.main.width, made.main.height) == (40, 30) && made.thumbnail == made.main)
    let none = try PictureMill.make(MadePNG.noise(40, 30).bytes, .picture(thumbnailSide: nil))
    #expect(none.thumbnail == nil)
  }

  @Test func `a header is as wide as wanted, however high it is`() throws {
    let made = try PictureMill.make(MadePNG.noise(100, 400).bytes, .header(maxWidth: 50))
    #expect((made.main.width, made.main.height) == (50, 200) && made.thumbnail == nil)
    #expect(PictureMill.Order.header() == PictureMill.Order(maxWidth: 800, maxHeight: 16_384))
  }

  @Test func `a turned picture fits as it is shown`() throws {
    var picture = MadePNG.noise(200, 100)
    picture.chunks = [Samples.chunk("eXIf", MadePNG.exif(6))]
    let made = try PictureMill.make(
      picture.bytes, PictureMill.Order(maxWidth: 60, maxHeight: 80, thumbnailSide: 20))
    #expect((made.main.width, made.main.height) == (40, 80))
    #expect((made.original.width, made.original.height) == (100, 200))
    #expect(made.thumbnail?.width == 10 && made.thumbnail?.height == 20)
    // And is not turned twice.
    #expect(try PictureHeader.read(made.main.jpeg).orientation == .upright)
  }

  @Test func `the thumbnail of a narrow picture is no larger than the picture`() throws {
    let made = try PictureMill.make(MadePNG.noise(10, 300).bytes, .picture(maxSide: 60, thumbnailSide: 256))
    #expect((made.main.width, made.main.height) == (2, 60) && made.thumbnail == made.main)
    let header = try PictureMill.make(
      MadePNG.noise(60, 300).bytes, PictureMill.Order(maxWidth: 20, maxHeight: 1000, thumbnailSide: 50))
    #expect((header.main.width, header.main.height) == (20, 100))
    #expect(header.thumbnail?.width == 10 && header.thumbnail?.height == 50)
  }

  @Test func `a grey picture stays one of one colour`() throws {
    for type in [0, 4] {
      let grey = MadePNG(width: 40, height: 40, type: type) { x, y in
        type == 0 ? [x * y % 256] : [x * y % 256, 255]
      }
      let made = try PictureMill.make(grey.bytes, .picture(maxSide: 20, thumbnailSide: 8))
      #expect(try PictureHeader.read(made.main.jpeg).colour == .grey)
      #expect(try sampling(made.main.jpeg) == [0x11])
    }
  }

  @Test func `a small JPEG that would only grow keeps its own pixels, without what it carried`() throws {
    // Encoded once so coarsely that quality 85 must be larger.
    var coarse = PictureMill.Order.picture()
    coarse.quality = 20
    let first = try PictureMill.make(MadePNG.noise(90, 70).bytes, coarse).main.jpeg
    let comment = Array("secret place".utf8)
    let carrying = first[..<2] + [0xFF, 0xFE, 0, UInt8(comment.count + 2)] + comment + first[2...]
    let made = try PictureMill.make(Array(carrying), .picture(maxSide: 100, thumbnailSide: 30))
    #expect(made.isOriginal && made.main.jpeg.count <= first.count)
    #expect(made.main.jpeg.firstRange(of: comment) == nil)
    #expect(
      try PicturePixels.read(made.main.jpeg, maxWidth: 90, maxHeight: 70)
        == PicturePixels.read(first, maxWidth: 90, maxHeight: 70))
    #expect(made.thumbnail?.width == 30)
    // One that gets smaller is encoded like all others, also when it is not scaled.
    var fine = PictureMill.Order.picture()
    fine.quality = 98
    let large = try PictureMill.make(MadePNG.noise(90, 70).bytes, fine).main.jpeg
    let again = try PictureMill.make(large, .picture())
    #expect(!again.isOriginal && again.main.jpeg.count < large.count)
  }

  @Test func `what stands behind or between the picture is gone`() throws {
    var made = MadePNG.noise(30, 30)
    let script = Array("<script>alert(1)</script>".utf8)
    made.chunks = [Samples.chunk("tEXt", Samples.text("Comment", String(decoding: script, as: UTF8.self)))]
    let polyglot = made.bytes + script + [0x50, 0x4B, 0x03, 0x04] + script
    let jpeg = try PictureMill.make(polyglot, .picture()).main.jpeg
    #expect(jpeg.firstRange(of: script) == nil && !ZipFile.ends(jpeg))
    #expect(jpeg.suffix(2) == [0xFF, 0xD9])
  }

  @Test func `whoever no longer wants it is heard between the rows`() throws {
    let bytes = MadePNG.noise(64, 4096).bytes
    var asked = 0
    #expect(throws: PictureError.cancelled) {
      try PictureMill.make(bytes, .picture(maxSide: 64)) {
        asked += 1
        return asked == 3
      }
    }
    #expect(asked == 3)
    #expect(throws: PictureError.cancelled) { try PictureMill.make(bytes, .picture()) { true } }
    for name in ["webp-lossy", "jpeg-progressive", "png-interlaced"] {
      let bytes = try Corpus.bytes(name)
      var asked = 0
      #expect(throws: PictureError.cancelled) {
        try PictureMill.make(bytes, .picture()) {
          asked += 1
          return asked > 1
        }
      }
    }
  }

  @Test func `a JPEG much larger than wanted is decoded at a part of its size`() throws {
    let large = try PictureMill.make(MadePNG.noise(256, 192).bytes, .picture()).main.jpeg
    let header = try PictureHeader.read(large)
    for (most, eighths) in [(256, 8), (129, 8), (128, 8), (64, 4), (33, 4), (32, 2), (16, 1), (3, 1)] {
      let plan = PicturePipeline.Plan(
        header, fitting: PicturePipeline.Size(width: most, height: most), thumbnail: nil)
      #expect(plan.eighths == eighths, "\(most)")
      let pixels = try PicturePixels.read(large, maxWidth: most, maxHeight: most)
      #expect(pixels.width == most)
    }
  }

  @Test func `memory does not depend on how high a picture is, unless it is decoded whole`() throws {
    func memory(_ width: Int, _ height: Int, interlaced: Bool = false) throws -> Int {
      let needed = (width * 3 + 1) * height / 1100 + 1
      let bytes =
        MadePNG.header(width, height, interlaced: interlaced)
        + Samples.chunk("IDAT", [UInt8](repeating: 0, count: needed))
      return try PictureMill.memory(PictureHeader.read(bytes), .picture())
    }
    #expect(try memory(4096, 4096) < 24 << 20)
    #expect(try memory(8000, 8000) < 24 << 20)
    #expect(try memory(16_384, 3900) < 24 << 20)
    #expect(try memory(6000, 4000, interlaced: true) > 72_000_000)
  }

  @Test func `a mistake is told in words for a person`() {
    for bytes in [
      [], Array("<html>".utf8), MadePNG.header(20_000, 20), Array(MadePNG.noise(9, 9).bytes.prefix(99)),
    ] {
      do throws(PictureError) {
        _ = try PictureMill.make(bytes, .picture())
        Issue.record("no picture was taken for one")
      } catch {
        #expect(error.message.hasSuffix(".") && error.message.first?.isUppercase == true, "\(error.message)")
      }
    }
  }
}
