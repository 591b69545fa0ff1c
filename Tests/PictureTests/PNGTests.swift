import Base
import Testing

@testable import Picture

@Suite struct PNGTests {
  private func text(_ keyword: String, in bytes: [UInt8], atMost limit: Int = 1 << 20) throws -> String? {
    try PNGFile(bytes).text(keyword: keyword, atMost: limit).map { String(decoding: $0.value, as: UTF8.self) }
  }

  @Test func `a plain picture is walked to its end, every checksum right`() throws {
    let file = try PNGFile(Samples.png)
    #expect(!file.isCut)
    #expect(file.chunks.count == 4 && file.chunks.allSatisfy(\.isSound))
    #expect(file.replacing(textsNamed: [], by: []) == Samples.png)
    let rows = try Inflation.inflate(file.bytes, file.chunks[2].data, .zlib, atMost: 1 << 16)
    #expect(rows.count == 96 * 9)
  }

  @Test func `texts of the three kinds are read, whatever the case of their keyword`() throws {
    let packed = Samples.text("Chara", [[0], Samples.stored(Array("packed".utf8))])
    let plain = Samples.text("ccv3", "plain")
    let words = Samples.text("note", "\0\0de\0Notiz\0ä")
    let wordsPacked = Samples.text("more", [[1, 0, 0, 0], Samples.stored(Array("grün".utf8))])
    let bytes = Samples.png(
      with: Samples.chunk("tEXt", plain), Samples.chunk("zTXt", packed),
      Samples.chunk("iTXt", words), Samples.chunk("iTXt", wordsPacked))
    #expect(try text("CCV3", in: bytes) == "plain")
    #expect(try text("chara", in: bytes) == "packed")
    #expect(try text("note", in: bytes) == "ä")
    #expect(try text("more", in: bytes) == "grün")
    #expect(try text("none", in: bytes) == nil)
  }

  @Test func `what is written replaces what had the same keyword and is read again`() throws {
    let old = Samples.chunk("tEXt", Samples.text("CHARA", "old"))
    let other = Samples.chunk("tEXt", Samples.text("Title", "kept"))
    let file = try PNGFile(Samples.png(with: old, other))
    let bytes = file.replacing(textsNamed: ["chara"], by: [("chara", Array("new".utf8))])
    #expect(try text("chara", in: bytes) == "new")
    #expect(try text("title", in: bytes) == "kept")
    let again = try PNGFile(bytes)
    #expect(again.chunks.allSatisfy(\.isSound) && !again.isCut && again.chunks.count == file.chunks.count)
    #expect(again.chunks.last?.type == PNGFile.end)
  }

  @Test func `a text at the limit is read, and one past it is refused, plain or packed`() throws {
    for packed in [false, true] {
      let value = [UInt8](repeating: 0x61, count: 1000)
      let data = Samples.text("k", packed ? [[0], Samples.stored(value)] : [value])
      let bytes = Samples.png(with: Samples.chunk(packed ? "zTXt" : "tEXt", data))
      #expect(try PNGFile(bytes).text(keyword: "k", atMost: 1000)?.value == value)
      #expect(throws: PNGFile.Fault.textTooLong) { try PNGFile(bytes).text(keyword: "k", atMost: 999) }
    }
  }

  @Test func `half a gigabyte in a text chunk is refused in little time and memory`() throws {
    let bomb = Samples.bomb(megabytes: 500)
    #expect(bomb.count < 5 << 20)
    let bytes = Samples.png(with: Samples.chunk("zTXt", Samples.text("chara", [[0], bomb])))
    let clock = ContinuousClock()
    let time = clock.measure {
      #expect(throws: PNGFile.Fault.textTooLong) {
        try PNGFile(bytes).text(keyword: "chara", atMost: 8 << 20)
      }
    }
    #expect(time < .seconds(5))
    // And it is one: a stream of one megabyte of these comes out whole.
    let one = Samples.bomb(megabytes: 1)
    #expect(throws: Inflation.Fault.damaged) {
      try Inflation.inflate(one, 0..<one.count, .zlib, atMost: 2 << 20)
    }
    let plain = try Inflation.inflate(one, 2..<one.count, .raw, atMost: 2 << 20)
    #expect(plain.count == 1 + 4064 * 258 && plain.allSatisfy { $0 == 0 })
  }

  @Test func `cut at any byte it is read as far as it goes`() throws {
    let text = Samples.chunk("tEXt", Samples.text("chara", "card"))
    let bytes = Samples.png(with: text)
    for count in 0..<bytes.count {
      let part = Array(bytes.prefix(count))
      guard count >= 8 else {
        #expect(throws: PNGFile.Fault.notPNG) { try PNGFile(part) }
        continue
      }
      let file = try PNGFile(part)
      #expect(file.isCut)
      let hasText = count >= bytes.count - 12
      #expect((try file.text(keyword: "chara", atMost: 100) != nil) == hasText, "\(count)")
    }
  }

  @Test func `wrong lengths and types end the walk, a wrong checksum is told`() throws {
    var long = Samples.png
    long[8] = 0x7F
    #expect(try PNGFile(long).chunks.isEmpty)
    var typed = Samples.png
    typed[12] = 0x20
    #expect(try PNGFile(typed).chunks.isEmpty)
    var wrong = Samples.png
    wrong[29] ^= 1
    #expect(try PNGFile(wrong).chunks.map(\.isSound) == [false, true, true, true])
  }

  @Test func `no more chunks than any picture needs`() throws {
    let empty = Samples.chunk("teXt", [])
    func picture(_ count: Int) -> [UInt8] {
      var bytes = PNGFile.signature
      for _ in 1..<count { bytes += empty }
      bytes += Samples.chunk("IEND", [])
      return bytes
    }
    #expect(try PNGFile(picture(PNGFile.mostChunks)).chunks.count == PNGFile.mostChunks)
    #expect(throws: PNGFile.Fault.tooManyChunks) { try PNGFile(picture(PNGFile.mostChunks + 1)) }
  }

  @Test func `a keyword is 1 to 79 letters`() throws {
    for count in [0, 1, 79, 80] {
      let name = String(repeating: "k", count: count)
      let bytes = Samples.png(with: Samples.chunk("tEXt", Samples.text(name, "a")))
      #expect(try text(name, in: bytes) == ((1...79).contains(count) ? "a" : nil), "\(count)")
    }
  }

  @Test func `mutated pictures are read or refused`() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("PNGTests seed \(seed)")
    var random = RandomSource.seeded(seed)
    let packed = Samples.text("ccv3", [[0], Samples.stored(Array("packed".utf8))])
    let base = Samples.png(
      with: Samples.chunk("zTXt", packed), Samples.chunk("tEXt", Samples.text("chara", "ab")))
    for _ in 0..<2_000 {
      var bytes = base
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: 8..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
        }
      }
      let file = try PNGFile(bytes)
      for keyword in ["chara", "ccv3"] {
        let text = try? file.text(keyword: keyword, atMost: 64)
        #expect(text.map { $0.value.count <= 64 } ?? true)
      }
      let written = file.replacing(textsNamed: ["chara", "ccv3"], by: [("chara", [0x78])])
      #expect(try PNGFile(written).text(keyword: "chara", atMost: 64)?.value == [0x78], "seed \(seed)")
    }
  }
}
