import Base

@testable import Picture

/// Pictures and archives as a test needs them, by our own writers; what is broken about them is put in by hand.
enum Samples {
  static let png = PlainPNG.make()

  static func chunk(_ name: StaticString, _ data: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    PNGFile.append(PNGFile.type(name), data, to: &result)
    return result
  }

  /// The picture with more chunks before its end.
  static func png(with chunks: [UInt8]...) -> [UInt8] {
    var result = Array(png.dropLast(12))
    for chunk in chunks { result += chunk }
    result += png.suffix(12)
    return result
  }

  /// A zlib stream of `megabytes` of zeros. Each stretch of packed bytes stands for about a megabyte: a block that repeats the letter
  /// before it 258 times over, two bits at a time.
  static func bomb(megabytes: Int) -> [UInt8] {
    // Four blocks end where a byte ends, so they can be laid one behind the other.
    var four = Bits()
    for _ in 0..<4 { four.addMegabyte() }
    var bits = Bits()
    for _ in 0..<(megabytes % 4) { bits.addMegabyte() }
    bits.add(1, 1)
    bits.add(1, 2)
    bits.add(code: 0, 7)
    var result: [UInt8] = [0x78, 0x9C]
    let quarter = four.finished
    for _ in 0..<(megabytes / 4) { result += quarter }
    result += bits.finished
    return result
  }

  /// A keyword, a zero, and what follows.
  static func text(_ keyword: String, _ value: [[UInt8]]) -> [UInt8] {
    var result = Array(keyword.utf8)
    result.append(0)
    for piece in value { result += piece }
    return result
  }

  static func text(_ keyword: String, _ value: String) -> [UInt8] { text(keyword, [Array(value.utf8)]) }

  /// A zlib stream of one block that is not packed.
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let (low, high) = (UInt8(bytes.count & 0xFF), UInt8(bytes.count >> 8))
    var (one, two): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      one = (one + UInt32(byte)) % 65_521
      two = (two + one) % 65_521
    }
    var result: [UInt8] = [0x78, 0x01, 1, low, high, ~low, ~high]
    result += bytes
    PNGFile.append(number: two << 16 | one, to: &result)
    return result
  }

  struct Bits {
    var bytes: [UInt8] = []
    private var now: UInt32 = 0
    private var count: UInt32 = 0

    /// A block with the fixed codes: one zero, then pairs of the longest length and the distance one.
    mutating func addMegabyte() {
      add(0, 1)
      add(1, 2)
      add(code: 0x30, 8)
      for _ in 0..<4064 {
        add(code: 0b1100_0101, 8)
        add(code: 0, 5)
      }
      add(code: 0, 7)
    }

    mutating func add(_ value: UInt32, _ width: UInt32) {
      for bit in 0..<width { push(value >> bit & 1) }
    }

    /// Codes stand with their first bit first.
    mutating func add(code: UInt32, _ width: UInt32) {
      for bit in (0..<width).reversed() { push(code >> bit & 1) }
    }

    private mutating func push(_ bit: UInt32) {
      now |= bit << count
      count += 1
      if count == 8 {
        bytes.append(UInt8(now))
        (now, count) = (0, 0)
      }
    }

    var finished: [UInt8] { count == 0 ? bytes : bytes + [UInt8(now)] }
  }
}
