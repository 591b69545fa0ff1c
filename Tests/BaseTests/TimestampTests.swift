import Base
import FoundationEssentials
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (1_795_255_878_042, "2026-11-21T10:11:18.042Z"),
    (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
    (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"), (-2_203_977_600_000, "1900-02-28T00:00:00.000Z"),
    (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
  ])
  func `known moments`(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
    #expect(Timestamp(text) == Timestamp(milliseconds: milliseconds))
  }

  @Test func `every day of 800 years has the text of a plain count of days`() {
    // Two whole cycles of the calendar, from 1600 on, counted day by day.
    var (year, month, day) = (1600, 1, 1)
    var milliseconds: Int64 = -11_676_096_000_000
    var previous = Timestamp(milliseconds: milliseconds - 1)
    while year < 2400 {
      func padded(_ value: Int, _ width: Int) -> String {
        String(repeating: "0", count: width - String(value).count) + String(value)
      }
      let text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T00:00:00.000Z"
      let moment = Timestamp(milliseconds: milliseconds)
      if moment.description != text || Timestamp(text) != moment || previous >= moment {
        Issue.record("\(text) and \(moment) differ")
        return
      }
      previous = moment
      milliseconds += 86_400_000
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
      day += 1
      if day > days { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
  }

  @Test func `random moments round trip`() {
    let seed = UInt64.random(in: .min ... .max)
    var random = RandomSource.seeded(seed)
    for _ in 0..<5000 {
      let moment = Timestamp(
        milliseconds: Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &random))
      #expect(Timestamp(moment.description) == moment, "seed \(seed)")
    }
  }

  @Test(arguments: [
    ("2026-11-21T12:11:18.042+02:00", "2026-11-21T10:11:18.042Z"),
    ("2026-11-21T04:41:18-05:30", "2026-11-21T10:11:18.000Z"),
    ("2026-11-21t10:11:18z", "2026-11-21T10:11:18.000Z"),
    ("2026-11-21 10:11:18.5Z", "2026-11-21T10:11:18.500Z"),
    ("2026-11-21T10:11:18.0429999999Z", "2026-11-21T10:11:18.042Z"),
    ("2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00.000Z"),
    ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
  ])
  func `reads any RFC 3339 time`(text: String, inUTC: String) {
    #expect(Timestamp(text)?.description == inUTC)
  }

  @Test(arguments: [
    "", "2026-11-21", "2026-11-21T10:11:18", "2026-11-21T10:11Z", "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-01-32T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+2:00", "2026-01-01T00:00:00+02",
    "2026-01-01T00:00:00Zx", "x2026-01-01T00:00:00Z", "26-01-01T00:00:00Z", "2026/01/01T00:00:00Z",
    "2026-02-29T00:00:00Z", "2026-02-30T00:00:00Z", "2026-04-31T00:00:00Z", "1900-02-29T00:00:00Z",
    "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:60",
  ])
  func `refuses what is none`(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test func `a fraction of any length is read`() {
    let long = "2026-11-21T10:11:18." + String(repeating: "9", count: 10_000) + "Z"
    #expect(Timestamp(long)?.description == "2026-11-21T10:11:18.999Z")
  }

  @Test func `reckons with durations`() {
    let moment = Timestamp(milliseconds: 1000)
    #expect(moment + .milliseconds(-1500) == Timestamp(milliseconds: -500))
    #expect(moment - Timestamp(milliseconds: 3000) == .seconds(-2))
    #expect(Duration.microseconds(1999).wholeMilliseconds == 1)
    #expect(Duration.microseconds(-1999).wholeMilliseconds == -1)
    #expect(Duration.milliseconds(1500).seconds == 1.5)
  }

  @Test func `is a string in JSON`() throws {
    let moment = Timestamp(milliseconds: 1_795_255_878_042)
    let bytes = try JSONEncoder().encode([moment])
    #expect(String(decoding: bytes, as: UTF8.self) == #"["2026-11-21T10:11:18.042Z"]"#)
    #expect(try JSONDecoder().decode([Timestamp].self, from: bytes) == [moment])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([Timestamp].self, from: Data("[1]".utf8)) }
  }
}
