import Base
import Testing

@testable import Engine

/// Macros of cards and templates.
@Suite struct MacroTests {
  /// Tuesday, 3 March 2026, 14:05:09 UTC.
  private let time = MacroTime(
    now: Timestamp(milliseconds: 1_772_546_709_000), lastSpoke: Timestamp(milliseconds: 1_772_535_600_000))

  private func expander(place: UInt64 = 1, chat: UInt64 = 2) -> MacroExpander {
    MacroExpander(
      values: [
        "char": "Mira", "user": "Jon", "persona": "{{char}} is not looked at again", "model": "gemma",
      ],
      time: time, placeSeed: place, chatSeed: chat)
  }

  private func expand(_ text: String, place: UInt64 = 1, chat: UInt64 = 2) -> String {
    var expander = expander(place: place, chat: chat)
    return expander.expand(text, section: "test")
  }

  @Test(arguments: [
    ("{{char}} and {{ USER }}", "Mira and Jon"),
    ("<USER> meets <CHAR>, <user> stays", "Jon meets Mira, <user> stays"),
    ("{{persona}}", "{{char}} is not looked at again"),
    ("{{unknown}} {{unknown::x}} {{", "{{unknown}} {{unknown::x}} {{"),
    ("{{char", "{{char"), ("}} {{char}}", "}} Mira"), ("\\{\\{char}}", "{{char}}"),
    ("a{{// a note, {{char}} in it}}b{{comment::x}}c{{noop}}d", "abcd"),
    ("a{{newline}}b{{newline::2}}c", "a\nb\n\nc"),
    ("a\n\n{{trim}}\r\n\nb", "ab"),
    ("{{reverse::{{char}}}}", "ariM"),
    ("{{random::{{char}}}} {{random:one}} {{random::}}", "Mira one "),
    ("{{setvar::mood::calm}}{{getvar::mood}} {{getvar::none}}.", "calm ."),
    ("{{setvar::n::4}}{{addvar::n::3}}{{incvar::n}} {{decvar::n}} {{getvar::n}}", "8 7 7"),
    ("{{setvar::t::a}}{{addvar::t::b}}{{getvar::t}}", "ab"),
    ("{{setglobalvar::g::1}}{{getglobalvar::g}}", "1"),
    ("{{if {{getvar::x}}}}yes{{else}}no{{/if}}", "no"),
    ("{{if 1}}{{if off}}a{{else}}b{{/if}}{{else}}c{{/if}}!", "b!"),
    ("{{if true}}yes{{/if}}{{if}}no{{/if}}", "yes"),
    ("{{if true}} never closed", "{{if true}} never closed"),
    (
      "{{roll:x}} {{roll:0d6}} {{roll:1d0}} {{roll:101d6}}",
      "{{roll:x}} {{roll:0d6}} {{roll:1d0}} {{roll:101d6}}"
    ),
    ("日本 {{char}} 🧥{{user}}", "日本 Mira 🧥Jon"),
  ])
  func `what macros stand for`(text: String, wanted: String) {
    #expect(expand(text) == wanted)
  }

  @Test(arguments: [
    ("{{time}}", "2:05 PM"), ("{{time::UTC+2}}", "4:05 PM"), ("{{time_UTC-3}}", "11:05 AM"),
    ("{{time::UTC+99}}", "{{time::UTC+99}}"),
    ("{{date}}", "March 3, 2026"), ("{{weekday}}", "Tuesday"),
    ("{{isotime}} {{isodate}}", "14:05 2026-03-03"),
    ("{{datetimeformat::DD.MM.YY [at] HH:mm:ss, ddd D MMM}}", "03.03.26 at 14:05:09, Tue 3 Mar"),
    ("{{idleDuration}}", "3 hours"), ("{{timeDiff::2026-01-01T00:00:00Z::2026-01-02T01:00:00Z}}", "1 day"),
  ])
  func `time is the companion's`(text: String, wanted: String) {
    #expect(expand(text) == wanted)
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00Z", "Thursday 1970-01-01"), ("2000-02-29T23:59:59Z", "Tuesday 2000-02-29"),
    ("2024-12-31T12:00:00Z", "Tuesday 2024-12-31"), ("2100-03-01T00:00:00Z", "Monday 2100-03-01"),
  ])
  func `the calendar is right`(at: String, wanted: String) throws {
    var expander = MacroExpander(values: [:], time: MacroTime(now: try #require(Timestamp(at))))
    #expect(expander.expand("{{weekday}} {{isodate}}", section: "s") == wanted)
  }

  @Test func `an offset moves the hour and the day`() throws {
    let now = try #require(Timestamp("2026-03-03T23:30:00Z"))
    var expander = MacroExpander(values: [:], time: MacroTime(now: now, offset: .seconds(3600)))
    #expect(expander.expand("{{weekday}} {{isotime}}", section: "s") == "Wednesday 00:30")
  }

  @Test func `chance is the same for the same place, and another for another`() {
    let text = "{{random::a::b::c::d::e::f::g::h}}{{roll:1d1000}} {{pick::a::b::c::d::e::f::g::h}}"
    #expect(expand(text, place: 7) == expand(text, place: 7))
    let places = Set((UInt64(0)..<50).map { expand(text, place: $0).split(separator: " ")[0] })
    #expect(places.count > 40, "\(places)")
    #expect(
      Set((UInt64(0)..<50).map { expand(text, place: $0).split(separator: " ")[1] }).count == 1,
      "a pick stays")
    #expect(Set((UInt64(0)..<50).map { expand(text, chat: $0).split(separator: " ")[1] }).count == 8)
    #expect(
      Set((UInt64(0)..<200).map { expand("{{roll:d6}}", place: $0) }) == ["1", "2", "3", "4", "5", "6"])
    let two = expand("{{random::a::b::c::d::e::f::g::h}}{{random::a::b::c::d::e::f::g::h}}", place: 3)
    #expect(
      Set(
        (UInt64(0)..<20).map { place -> Bool in
          let both = Array(expand("{{random::a::b::c::d}}{{random::a::b::c::d}}", place: place))
          return both[0] == both[1]
        }
      ).count == 2, "two macros of one text choose apart: \(two)")
  }

  @Test func `a text of the comma form keeps escaped commas`() {
    #expect(Set((UInt64(0)..<40).map { expand(#"{{random:a\,b,c}}"#, place: $0) }) == ["a,b", "c"])
  }

  @Test func `depth, number and length are bounded`() {
    let deep = String(repeating: "{{reverse::", count: 60) + "ab" + String(repeating: "}}", count: 60)
    #expect(expand(deep).contains("ab"))
    let deeper = String(repeating: "{{", count: 100_000)
    #expect(expand(deeper).utf8.count == deeper.utf8.count)
    let many = String(repeating: "{{char}}", count: MacroExpander.mostMacros + 5)
    let expanded = expand(many)
    #expect(expanded.hasSuffix("{{char}}") && expanded.hasPrefix("Mira"))
    #expect(expanded.components(separatedBy: "Mira") == MacroExpander.mostMacros)
    var bomb = "{{setvar::a::xxxxxxxxxxxxxxxx}}"
    for _ in 0..<40 { bomb += "{{setvar::a::{{getvar::a}}{{getvar::a}}}}" }
    #expect(expand(bomb + "{{getvar::a}}").utf8.count <= 4096)
    #expect(
      expand(String(repeating: "x", count: MacroExpander.longest + 10) + "{{char}}").utf8.count
        <= MacroExpander.longest)
  }
}

extension String {
  /// How often a word is in it.
  fileprivate func components(separatedBy word: String) -> Int {
    var count = 0
    var rest = self[...]
    while let found = rest.firstRange(of: word) {
      count += 1
      rest = rest[found.upperBound...]
    }
    return count
  }
}
