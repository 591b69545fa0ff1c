import HTTP
import Model
import Posix
import TestSupport
import Testing

@testable import Providers

@Suite struct PictureDrawnTests {
  init() { Loop.start() }

  @Test @Loop func `a stand-in comes without a server, says that it is one, and shows progress`() async {
    let bench = PictureBench(.forge)
    let heard = bench.place(model: "placeholder")
    #expect(heard.pictures?.count == 1)
    #expect(heard.pictures?.first?.isPlaceholder == true)
    #expect(heard.pictures?.first?.seed == 7)
    #expect(heard.endings == 1)
    #expect(heard.progress.map(\.fraction) == heard.progress.map(\.fraction).sorted())
    #expect(heard.progress.count > 3)
    #expect(bench.upstream.requests.isEmpty)
    bench.upstream.stop()
  }

  @Test @Loop func `nothing is heard before the order was placed, and nothing after it was taken back`() {
    let time = ManualTiming()
    let pool = PicturePool(seams: ProviderSeams(client: .init(timing: time.timing), timing: time.timing))
    let heard = PictureHeard()
    let handle = pool.start(PictureBench.order, model: "offline") { heard.take($0) }
    #expect(heard.events.isEmpty)
    handle.cancel()
    #expect(heard.events == [.cancelled])
    time.advance(by: .seconds(1))
    handle.cancel()
    #expect(heard.events == [.cancelled])

    let other = PictureHeard()
    pool.start(PictureBench.order, model: "offline") { other.take($0) }.abandon()
    time.advance(by: .seconds(1))
    #expect(other.events.isEmpty)
  }

  @Test func `the same words with the same seed are the same picture, others are others`() {
    func draw(_ caption: String, _ seed: UInt64) -> [UInt8] {
      Self.draw(96, 128, caption, seed)
    }
    #expect(draw("Mira\nhello", 1) == draw("Mira\nhello", 1))
    #expect(draw("Mira\nhello", 1) != draw("Mira\nhello", 2))
    #expect(draw("Mira\nhello", 1) != draw("Ada\nhello", 1))
  }

  @Test(arguments: [(64, 64), (65, 97), (257, 64), (640, 512)])
  func `what is written is a PNG whose rows are those that were drawn`(_ width: Int, _ height: Int) throws {
    let scene = PlaceholderScene(
      width: width, height: height,
      caption: "Zoë Ångström-\"X\"\nwalks 3 km & more; it is late (très tard) 日本 #1!",
      label: "placeholder", seed: 3)
    var png = DrawnPNG(width: width, height: height)
    var rows: [UInt8] = []
    for y in 0..<height {
      let row = scene.row(y)
      rows += row
      png.append(row: row)
    }
    let read = try #require(PlainPNGReader.read(png.finish()))
    #expect(read.width == width)
    #expect(read.height == height)
    #expect(read.rows == rows)
  }

  @Test func `a plain picture is small`() {
    let bytes = Self.draw(512, 640, "Mira\non the balcony in the evening", 5)
    #expect(bytes.count < 60 << 10)
  }

  @Test(arguments: [
    (100, 200, 100, 200), (1024, 1024, 1024, 1024), (1025, 1024, 1024, 1023), (4096, 2048, 1024, 512),
    (1, 1, 64, 64), (-5, 0, 64, 64), (Int.max, 64, 1024, 64), (63, 65, 64, 65),
  ])
  func `a stand-in has bounds and keeps its shape`(
    _ width: Int, _ height: Int, _ expectedWidth: Int, _ expectedHeight: Int
  ) {
    #expect(DrawnRun.size(width, height) == (expectedWidth, expectedHeight))
  }

  @Test func `letters that are not in the font become those that are, or a dot`() {
    #expect(TinyFont.writable("Zoë  Ångström\n“x” 日本!") == "ZOE ANGSTROM \"X\" .!")
    #expect(TinyFont.writable("e\u{301}") == "E")
    #expect(TinyFont.writable("   ") == "")
    for scalar in (0x20..<0x5B).compactMap({ Unicode.Scalar($0) })
    where !"$<>@".unicodeScalars.contains(scalar) {
      #expect(TinyFont.rows(of: Character(scalar)) != nil, "\(scalar)")
    }
  }

  @Test @Loop func `an unknown name is refused with the names there are`() {
    let bench = PictureBench(.forge)
    let heard = bench.place(model: "forgery/x")
    #expect(heard.failure?.kind == .refused)
    #expect(heard.failure?.cause == .model)
    #expect(heard.failure?.detail.contains("up, offline, placeholder") == true)
    #expect(throws: ProviderError.self) { try bench.pool.traits(of: "forgery") }
    #expect(bench.pool.freshName(for: "forgery") == nil)
    bench.upstream.stop()
  }

  @Test @Loop func `a stand-in cannot start from a picture`() {
    let bench = PictureBench(.forge)
    let heard = bench.place(sources: PictureSources(picture: [1]), model: "placeholder")
    #expect(heard.failure?.cause == .request)
    bench.upstream.stop()
  }

  private static func draw(_ width: Int, _ height: Int, _ caption: String, _ seed: UInt64) -> [UInt8] {
    let scene = PlaceholderScene(
      width: width, height: height, caption: caption, label: "placeholder", seed: seed)
    var png = DrawnPNG(width: width, height: height)
    for y in 0..<height { png.append(row: scene.row(y)) }
    return png.finish()
  }
}

/// Reads what `DrawnPNG` writes, by the rules of the format and not by those of its writer: fixed codes, any distance.
private enum PlainPNGReader {
  static func read(_ bytes: [UInt8]) -> (width: Int, height: Int, rows: [UInt8])? {
    guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else { return nil }
    func word(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    var at = 8
    var data: [UInt8] = []
    var (width, height) = (0, 0)
    while at + 12 <= bytes.count {
      let count = word(at)
      let name = String(decoding: bytes[at + 4..<at + 8], as: UTF8.self)
      guard word(at + 8 + count) == checksum(bytes[at + 4..<at + 8 + count]) else { return nil }
      if name == "IHDR" {
        (width, height) = (word(at + 8), word(at + 12))
        guard Array(bytes[at + 16..<at + 21]) == [8, 2, 0, 0, 0] else { return nil }
      }
      if name == "IDAT" { data += bytes[at + 8..<at + 8 + count] }
      at += 12 + count
    }
    guard let filtered = inflate(data), filtered.count == height * (3 * width + 1) else { return nil }
    var rows: [UInt8] = []
    for y in 0..<height {
      let start = y * (3 * width + 1)
      guard filtered[start] == 1 else { return nil }
      for x in 0..<3 * width {
        rows.append(filtered[start + 1 + x] &+ (x < 3 ? 0 : rows[rows.count - 3]))
      }
    }
    return (width, height, rows)
  }

  private static func inflate(_ data: [UInt8]) -> [UInt8]? {
    var bit = 16
    func take(_ count: Int) -> Int {
      var value = 0
      for index in 0..<count {
        value |= Int(data[bit >> 3] >> UInt8(bit & 7) & 1) << index
        bit += 1
      }
      return value
    }
    func code(_ count: Int) -> Int { (0..<count).reduce(0) { value, _ in value << 1 | take(1) } }
    guard take(3) == 0b011 else { return nil }
    var out: [UInt8] = []
    let bases = [
      3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163,
    ]
    while true {
      var symbol = code(7)
      if symbol <= 0b001_0111 {
        symbol += 256
      } else {
        symbol = symbol << 1 | take(1)
        switch symbol {
        case 0x30...0xBF: symbol -= 0x30
        case 0xC0...0xC7: symbol += 280 - 0xC0
        default: symbol = (symbol << 1 | take(1)) - 0x190 + 144
        }
      }
      if symbol < 256 {
        out.append(UInt8(symbol))
      } else if symbol == 256 {
        break
      } else {
        let index = symbol - 257
        let extra = index < 8 || index == 28 ? 0 : index / 4 - 1
        let base = index == 28 ? 258 : (bases + [195, 227])[index]
        let length = base + take(extra)
        guard code(5) == 0 else { return nil }
        for _ in 0..<length { out.append(out[out.count - 1]) }
      }
    }
    let at = (bit + 7) / 8
    var (low, high) = (1, 0)
    for byte in out {
      low = (low + Int(byte)) % 65521
      high = (high + low) % 65521
    }
    let told = data[at...].reduce(0) { $0 << 8 | Int($1) }
    return at + 4 == data.count && told == high << 16 | low ? out : nil
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
    }
    return Int(~sum)
  }
}
