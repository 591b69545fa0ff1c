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
    unsafe String(unsafeUninitializedCapacity: 26) { buffer in
      var (high, low) = (high, low)
      for index in stride(from: 25, through: 0, by: -1) {
        unsafe buffer[index] = alphabet[Int(low & 31)]
        low = (low >> 5) | (high << 59)
        high >>= 5
      }
      return 26
    }
  }

  /// Upper and lower case are read; anything that is not 26 Crockford digits within 128 bits is nil.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 26, let first = value(ofDigit: bytes[0]), first <= 7 else { return nil }
    var (high, low): (UInt64, UInt64) = (0, 0)
    for byte in bytes {
      guard let digit = value(ofDigit: byte) else { return nil }
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

private let alphabet: [UInt8] = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

private func value(ofDigit byte: UInt8) -> UInt64? {
  let upper = byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte
  return alphabet.firstIndex(of: upper).map { UInt64($0) }
}
