import Base
import FoundationEssentials
import Testing

@Suite struct ULIDTests {
  @Test func `text and value are the same thing`() throws {
    let random = RandomSource.seeded(1)
    for _ in 0..<1000 {
      let id = ULID(high: random.next(), low: random.next())
      #expect(id.description.utf8.count == 26)
      #expect(ULID(id.description) == id)
      #expect(ULID(id.description.lowercased()) == id)
    }
    #expect(ULID(high: 0, low: 0).description == "00000000000000000000000000")
    #expect(ULID(high: .max, low: .max).description == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
  }

  @Test func `order of texts is order of values`() {
    var random = RandomSource.seeded(2)
    let ids = (0..<500).map { _ in
      ULID(high: random.next() >> UInt64.random(in: 0...60, using: &random), low: random.next())
    }
    #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted())
  }

  @Test(arguments: [
    "", "0", "0000000000000000000000000", "000000000000000000000000000", "80000000000000000000000000",
    "ZZZZZZZZZZZZZZZZZZZZZZZZZZ", "0000000000000000000000000I", "0000000000000000000000000L",
    "0000000000000000000000000O", "0000000000000000000000000U", "0000000000000000000000000-",
    "000000000000000000000000é", " 0000000000000000000000000", "0000000000000000000000000\u{0}",
  ])
  func `refuses what is none`(text: String) {
    #expect(ULID(text) == nil)
  }

  @Test func `tells when it was made`() {
    let now = Timestamp(milliseconds: 1_795_169_478_042)
    #expect(ULIDMaker(clock: WallClock { now }).make().timestamp == now)
  }

  @Test func `grows within one millisecond and when the clock goes back`() {
    let now = Lock(Timestamp(milliseconds: 1_000_000))
    let maker = ULIDMaker(clock: WallClock { now.withLock { $0 } }, random: .seeded(3))
    var last = maker.make()
    for step in 0..<1000 {
      now.withLock { $0.milliseconds += [0, 0, 1, -5, -1000, 3][step % 6] }
      let next = maker.make()
      #expect(next > last)
      last = next
    }
  }

  @Test func `carries from the low half into the high one`() {
    let now = Timestamp(milliseconds: 5)
    let maker = ULIDMaker(clock: WallClock { now }, random: RandomSource { .max })
    let first = maker.make()
    let second = maker.make()
    #expect(first.low == .max && second.low == 0 && second > first)
  }

  @Test func `is a string in JSON`() throws {
    let id = ULID(high: 1, low: 2)
    let bytes = try JSONEncoder().encode([id])
    #expect(String(decoding: bytes, as: UTF8.self) == "[\"\(id)\"]")
    #expect(try JSONDecoder().decode([ULID].self, from: bytes) == [id])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([ULID].self, from: Data(#"["x"]"#.utf8)) }
  }
}
