import Glibc

/// A moment of the wall clock in whole milliseconds since 1970, written as RFC 3339 in UTC on the wire.
///
/// For people and for schedules that outlive a process. Time-outs use a monotonic `Clock` instead.
public struct Timestamp: Hashable, Comparable, Sendable {
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
  public static func - (a: Timestamp, b: Timestamp) -> Duration {
    .milliseconds(a.milliseconds - b.milliseconds)
  }
  public static func + (a: Timestamp, b: Duration) -> Timestamp {
    Timestamp(milliseconds: a.milliseconds + b.wholeMilliseconds)
  }
}

extension Duration {
  /// Rounded towards zero.
  public var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
  public var seconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}

extension Timestamp: CustomStringConvertible {
  /// `2026-11-21T10:11:18.042Z`
  public var description: String {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The same, for text that is made as bytes.
  public func write(to bytes: inout [UInt8]) {
    let (days, millisecondOfDay) = milliseconds.flooredDivision(by: 86_400_000)
    let (year, month, day) = civil(fromDays: days)
    bytes.reserveCapacity(bytes.count + 24)
    if (0...9999).contains(year) {
      bytes.appendDigits(year / 100, 2)
      bytes.appendDigits(year % 100, 2)
    } else {
      let digits = String(year)
      for _ in digits.utf8.count..<max(4, digits.utf8.count) { bytes.append(0x30) }
      bytes.append(contentsOf: digits.utf8)
    }
    bytes.append(UInt8(ascii: "-"))
    bytes.appendDigits(month, 2)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendDigits(day, 2)
    bytes.append(UInt8(ascii: "T"))
    bytes.appendDigits(millisecondOfDay / 3_600_000, 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.appendDigits(millisecondOfDay / 60_000 % 60, 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.appendDigits(millisecondOfDay / 1000 % 60, 2)
    bytes.append(UInt8(ascii: "."))
    bytes.appendDigits(millisecondOfDay % 1000, 3)
    bytes.append(UInt8(ascii: "Z"))
  }

  /// Reads what `description` writes, and any other RFC 3339 time; nil when it is none.
  public init?(_ text: String) {
    var bytes = Array(text.utf8)[...]
    func number(_ width: Int) -> Int64? {
      guard bytes.count >= width else { return nil }
      var value: Int64 = 0
      for byte in bytes.prefix(width) {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      bytes = bytes.dropFirst(width)
      return value
    }
    func skip(_ allowed: String) -> Bool {
      guard let first = bytes.first, allowed.utf8.contains(first) else { return false }
      bytes = bytes.dropFirst()
      return true
    }
    guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2),
      skip("Tt "), let hour = number(2), skip(":"), let minute = number(2), skip(":"),
      let second = number(2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
      second < 61
    else { return nil }
    var fraction: Int64 = 0
    if skip(".") {
      var scale: Int64 = 100
      guard let first = bytes.first, first >= 0x30, first <= 0x39 else { return nil }
      while let digit = bytes.first, digit >= 0x30, digit <= 0x39 {
        fraction += Int64(digit - 0x30) * scale
        scale /= 10
        bytes = bytes.dropFirst()
      }
    }
    var offset: Int64 = 0
    if !skip("Zz") {
      let west = bytes.first == 0x2D
      guard skip("+-"), let hours = number(2), skip(":"), let minutes = number(2), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (west ? -60_000 : 60_000)
    }
    guard bytes.isEmpty else { return nil }
    let count = days(year: year, month: month, day: day)
    // A 30th of February would count on into March.
    guard civil(fromDays: count).day == day else { return nil }
    milliseconds = count * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1000 + fraction - offset
  }
}

extension Timestamp: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let value = Timestamp(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "an RFC 3339 time is expected"))
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// The wall clock as a value that is handed in, so that tests set it.
public struct WallClock: Sendable {
  public let now: @Sendable () -> Timestamp

  public init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

  public static let system = WallClock {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}

extension Int64 {
  fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let remainder = ((self % divisor) + divisor) % divisor
    return ((self - remainder) / divisor, remainder)
  }
}

extension [UInt8] {
  /// The last two or three digits of what is not negative, zeros first.
  fileprivate mutating func appendDigits(_ value: Int64, _ width: Int) {
    if width == 3 { append(0x30 + UInt8(truncatingIfNeeded: value / 100 % 10)) }
    append(0x30 + UInt8(truncatingIfNeeded: value / 10 % 10))
    append(0x30 + UInt8(truncatingIfNeeded: value % 10))
  }
}

// The Gregorian calendar counted from 1 March, so that the leap day is the last of its year.
private func days(year: Int64, month: Int64, day: Int64) -> Int64 {
  let shifted = month <= 2 ? year - 1 : year
  let era = (shifted >= 0 ? shifted : shifted - 399) / 400
  let yearOfEra = shifted - era * 400
  let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

private func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
  let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let shiftedMonth = (5 * dayOfYear + 2) / 153
  let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
  return (
    yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
  )
}
