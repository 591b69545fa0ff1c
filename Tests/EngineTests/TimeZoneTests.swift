import Base
import Testing

@testable import Engine

@Suite struct TimeZoneTests {
  private func hours(_ zone: String, _ at: String) throws -> Duration {
    TimeZones.offset(zone, at: try #require(Timestamp(at)))
  }

  @Test(arguments: [
    ("Europe/Lisbon", "2026-01-15T12:00:00Z", 0), ("Europe/Lisbon", "2026-07-15T12:00:00Z", 60),
    ("Europe/Berlin", "2026-03-29T00:59:59Z", 60), ("Europe/Berlin", "2026-03-29T01:00:00Z", 120),
    ("America/New_York", "2026-07-01T00:00:00Z", -240), ("Asia/Kolkata", "2026-07-01T00:00:00Z", 330),
    ("Asia/Tokyo", "1980-01-01T00:00:00Z", 540), ("Etc/GMT+5", "2026-01-01T00:00:00Z", -300),
  ])
  func `a place's clocks, in summer and winter`(zone: String, at: String, minutes: Int) throws {
    #expect(try hours(zone, at) == .seconds(minutes * 60))
  }

  @Test func `what is no zone is the machine's own, and no path`() throws {
    let own = TimeZones.offset(nil, at: Timestamp(milliseconds: 0))
    for name in [
      "Nowhere/Land", "", "../../../etc/passwd", "/etc/localtime", "Europe",
      String(repeating: "a", count: 65),
    ] {
      #expect(TimeZones.offset(name, at: Timestamp(milliseconds: 0)) == own, "\(name)")
    }
    #expect(
      !TimeZones.isName("../x") && !TimeZones.isName("/x") && !TimeZones.isName("a b")
        && TimeZones.isName("Etc/GMT-14"))
  }

  @Test func `broken zone files are none`() {
    #expect(TimeZones.Zone([]) == nil)
    #expect(TimeZones.Zone(Array("TZif2".utf8)) == nil)
    #expect(TimeZones.Zone(Array("TZif2".utf8) + [UInt8](repeating: 0xFF, count: 200)) == nil)
    #expect(TimeZones.Zone([UInt8](repeating: 0, count: 4096)) == nil)
  }
}
