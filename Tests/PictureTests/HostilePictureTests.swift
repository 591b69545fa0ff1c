import Base
import FoundationEssentials
import Testing

@testable import Picture

/// Thousands of broken pictures. `COMPANION_CHECK_PICTURES` says how many (600 without it) and, when it is there at all, has the
/// large bombs decoded to their end too.
@Suite struct HostilePictureTests {
  private static let count =
    ProcessInfo.processInfo.environment["COMPANION_CHECK_PICTURES"].flatMap { Int($0) }

  @Test(arguments: Corpus.names)
  func `the committed pictures keep every promise`(_ name: String) throws {
    let outcome = PictureInvariants.outcome(try Corpus.bytes(name))
    let refused = ["jpeg-arithmetic", "webp-animated"].contains(name)
    #expect((outcome != nil) == refused, "\(outcome?.message ?? "")")
  }

  @Test func `mutated pictures are decoded or refused`() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("HostilePictureTests seed \(seed)")
    var random = RandomSource.seeded(seed)
    let bases = try Corpus.names.map { try Corpus.bytes($0) }
    var taken = 0
    let count = Self.count ?? 600
    for index in 0..<count {
      var bytes = bases[index % bases.count]
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &random)))
        case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
        default: bytes[place] = [0, 0xFF, 0x7F, 0x80].randomElement(using: &random) ?? 0
        }
        if bytes.isEmpty { break }
      }
      // A PNG with a wrong checksum goes no further than libpng's first look.
      if index % 2 == 0 { bytes = Self.mended(bytes) }
      if PictureInvariants.outcome(bytes) == nil { taken += 1 }
    }
    // A test in which everything were refused at once would show little.
    #expect(taken > count / 20, "\(taken) of \(count), seed \(seed)")
  }

  /// The same with right checksums, where it is a PNG.
  private static func mended(_ bytes: [UInt8]) -> [UInt8] {
    guard let file = try? PNGFile(bytes) else { return bytes }
    var result = PNGFile.signature
    for chunk in file.chunks { PNGFile.append(chunk.type, Array(bytes[chunk.data]), to: &result) }
    return result
  }

  @Test func `a stream that unpacks to more than the picture is read no further`() throws {
    let packed = Samples.chunk("IDAT", Samples.bomb(megabytes: 500))
    for interlaced in [false, true] {
      let bomb =
        MadePNG.header(64, 64, depth: 8, type: 0, interlaced: interlaced) + packed + Samples.chunk("IEND", [])
      var pixels: PicturePixels?
      let time = try ContinuousClock().measure {
        pixels = try PicturePixels.read(bomb, maxWidth: 8, maxHeight: 8)
      }
      #expect(pixels?.rgb.allSatisfy { $0 == 0 } == true && time < .milliseconds(500))
    }
  }

  @Test func `packed texts and profiles are passed over unread`() throws {
    var made = MadePNG.noise(16, 16)
    made.chunks = [
      Samples.chunk("iCCP", Samples.text("p", [[0], Samples.bomb(megabytes: 50)])),
      Samples.chunk("zTXt", Samples.text("t", [[0], Samples.bomb(megabytes: 50)])),
    ]
    let bytes = made.bytes
    let plain = try PicturePixels.read(MadePNG.noise(16, 16).bytes, maxWidth: 16, maxHeight: 16)
    var pixels: PicturePixels?
    let time = try ContinuousClock().measure {
      pixels = try PicturePixels.read(bytes, maxWidth: 16, maxHeight: 16)
    }
    #expect(pixels == plain && time < .seconds(1))
  }

  @Test(.enabled(if: count != nil))
  func `the largest that is taken is decoded in memory that does not depend on it`() throws {
    let rows = 16_384 / 8 + 1
    let bomb =
      MadePNG.header(16_384, 3906, depth: 1, type: 0)
      + Samples.chunk("IDAT", Samples.bomb(megabytes: (rows * 3906) >> 20 + 1)) + Samples.chunk("IEND", [])
    let made = try PictureMill.make(bomb, .picture())
    #expect((made.main.width, made.main.height) == (1920, 458))
  }
}
