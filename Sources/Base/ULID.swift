/// A 26-character identifier that sorts by the time it was made: 48 bits of milliseconds, 80 of chance.
public struct ULID: Hashable, Comparable, Sendable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public static func < (a: ULID, b: ULID) -> Bool { a.high == b.high ? a.low < b.low : a.high < b.high }

  public var timestamp: Timestamp { Timestamp(milliseconds: Int64(high >> 16)) }
}

extension ULID: CustomStringConvertible, LosslessStringConvertible {
  public var description: String {
    let digits = digits
    return unsafe digits.span.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// What `description` says, for text that is made as bytes: a page of history has two hundred of them.
  public func write(to bytes: inout [UInt8]) {
    let digits = digits
    unsafe digits.span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
  }

  private var digits: InlineArray<26, UInt8> {
    var digits = InlineArray<26, UInt8>(repeating: 0)
    var (high, low) = (high, low)
    var index = 25
    while index >= 0 {
      digits[index] = digit(of: UInt8(truncatingIfNeeded: low & 31))
      low = (low >> 5) | (high << 59)
      high >>= 5
      index -= 1
    }
    return digits
  }

  /// Upper and lower case are read; anything that is not 26 Crockford digits within 128 bits is nil.
  public init?(_ text: String) {
    guard text.utf8.count == 26 else { return nil }
    var (high, low): (UInt64, UInt64) = (0, 0)
    var isFirst = true
    for byte in text.utf8 {
      guard let digit = value(ofDigit: byte), !isFirst || digit <= 7 else { return nil }
      isFirst = false
      high = (high << 5) | (low >> 59)
      low = (low << 5) | digit
    }
    (self.high, self.low) = (high, low)
  }
}

extension ULID: Codable {
  public init(from decoder: any Decoder) throws {
    guard let value = ULID(try decoder.singleValueContainer().decode(String.self)) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a 26-character ULID is expected"))
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// Makes identifiers that never repeat and, within one maker, always grow, even when the clock is set back.
public final class ULIDMaker: Sendable {
  private let clock: WallClock
  private let random: RandomSource
  private let last = Lock(ULID(high: 0, low: 0))

  public init(clock: WallClock = .system, random: RandomSource = .system) {
    self.clock = clock
    self.random = random
  }

  public func make() -> ULID {
    let milliseconds = UInt64(max(0, clock.now().milliseconds)) & 0xFFFF_FFFF_FFFF
    let (first, second) = (random.next(), random.next())
    return last.withLock { last in
      if milliseconds > last.high >> 16 {
        last = ULID(high: (milliseconds << 16) | (first & 0xFFFF), low: second)
      } else {
        // The same millisecond, or an earlier one: count on from the last.
        let (low, carried) = last.low.addingReportingOverflow(1)
        last = ULID(high: last.high &+ (carried ? 1 : 0), low: low)
      }
      return last
    }
  }
}

// Crockford's digits: 0 to 9, and the letters without I, L, O and U. Counted rather than looked up: a table would be made at its first
// use, and every use would ask whether it has been.

private func digit(of value: UInt8) -> UInt8 {
  if value < 10 { return 0x30 + value }
  var letter = 0x41 + value - 10
  if value > 17 { letter += 1 }
  if value > 19 { letter += 1 }
  if value > 21 { letter += 1 }
  if value > 26 { letter += 1 }
  return letter
}

private func value(ofDigit byte: UInt8) -> UInt64? {
  switch byte | 0x20 {
  // Control characters come out as digits, too.
  case 0x30...0x39: byte >= 0x30 ? UInt64(byte - 0x30) : nil
  case 0x61...0x68: UInt64((byte | 0x20) - 0x61 + 10)
  case 0x6A...0x6B: UInt64((byte | 0x20) - 0x6A + 18)
  case 0x6D...0x6E: UInt64((byte | 0x20) - 0x6D + 20)
  case 0x70...0x74: UInt64((byte | 0x20) - 0x70 + 22)
  case 0x76...0x7A: UInt64((byte | 0x20) - 0x76 + 27)
  default: nil
  }
}
