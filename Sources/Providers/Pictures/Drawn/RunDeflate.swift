/// Packs bytes as zlib's format has it, seeing nothing but runs of one byte: what is drawn in plain areas becomes small, and the
/// packer stays a page long. One block with the fixed codes.
struct RunDeflate {
  private(set) var bytes: [UInt8] = [0x78, 0x01]
  private var bits: UInt64 = 0
  private var bitCount: UInt64 = 0
  private var low: UInt32 = 1
  private var high: UInt32 = 0
  /// A run that may go on in what comes next.
  private var last: UInt8?
  private var pending = 0

  private static let longestMatch = 258

  init() { put(0b011, 3) }

  mutating func append(_ input: [UInt8]) {
    for byte in input {
      if byte == last {
        pending += 1
      } else {
        flush()
        literal(byte)
        last = byte
      }
    }
    checksum(input)
  }

  mutating func finish() {
    flush()
    put(0, 7)
    if bitCount % 8 > 0 { put(0, 8 - bitCount % 8) }
    drain()
    for part in [high >> 8, high, low >> 8, low] { bytes.append(UInt8(truncatingIfNeeded: part)) }
  }

  // MARK: Symbols

  /// The repetitions of the last byte: matches one byte back, and what is too short for one as it is.
  private mutating func flush() {
    guard let last else { return }
    while pending >= 3 {
      // What would be left over is better part of a match too.
      let rest = pending - Self.longestMatch
      let length = rest >= 3 || rest <= 0 ? min(pending, Self.longestMatch) : pending - 3
      match(length)
      pending -= length
    }
    for _ in 0..<pending { literal(last) }
    pending = 0
  }

  private mutating func literal(_ byte: UInt8) {
    let code = UInt64(byte)
    if code < 144 {
      put(Self.mirrored(0x30 + code, 8), 8)
    } else {
      put(Self.mirrored(0x190 + code - 144, 9), 9)
    }
  }

  private mutating func match(_ length: Int) {
    var index = Self.lengths.count - 1
    while Self.lengths[index].base > length { index -= 1 }
    let (base, extra) = Self.lengths[index]
    let symbol = UInt64(257 + index)
    if symbol < 280 {
      put(Self.mirrored(symbol - 256, 7), 7)
    } else {
      put(Self.mirrored(0xC0 + symbol - 280, 8), 8)
    }
    put(UInt64(length - base), UInt64(extra))
    // The distance of one.
    put(0, 5)
  }

  private static let lengths: [(base: Int, extra: Int)] = [
    (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1),
    (19, 2), (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4),
    (115, 4), (131, 5), (163, 5), (195, 5), (227, 5), (258, 0),
  ]

  // MARK: Bits

  /// Huffman's codes go with their first bit first, all else with the last.
  private static func mirrored(_ code: UInt64, _ count: UInt64) -> UInt64 {
    var mirrored: UInt64 = 0
    for bit in 0..<count { mirrored |= (code >> bit & 1) << (count - 1 - bit) }
    return mirrored
  }

  private mutating func put(_ value: UInt64, _ count: UInt64) {
    bits |= value << bitCount
    bitCount += count
    drain()
  }

  private mutating func drain() {
    while bitCount >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: bits))
      bits >>= 8
      bitCount -= 8
    }
  }

  private mutating func checksum(_ input: [UInt8]) {
    var at = 0
    while at < input.count {
      // So many sums fit their words before the remainder has to be taken.
      let end = min(at + 5552, input.count)
      for index in at..<end {
        low += UInt32(input[index])
        high += low
      }
      low %= 65521
      high %= 65521
      at = end
    }
  }
}
