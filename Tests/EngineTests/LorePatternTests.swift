import Base
import Testing

@testable import Engine

@Suite struct LorePatternTests {
  private func matches(_ pattern: String, _ flags: String, _ text: String) throws -> Bool {
    var effort = LoreEffort()
    return try LorePattern(pattern, flags: flags).matches(LoreText(text), &effort)
  }

  @Test(arguments: [
    ("abc", "", "xabcx", true), ("abc", "", "xABCx", false), ("abc", "i", "xABCx", true),
    ("a.c", "", "a\nc", false),
    ("a.c", "s", "a\nc", true), ("^a", "", "ba", false), ("^a", "m", "b\na", true), ("a$", "", "ab", false),
    ("a$", "", "ba", true), ("a$", "m", "a\nb", true), ("colou?r", "", "color", true),
    ("(a|b)+c", "", "abac", true),
    ("(?:ab){2,3}c", "", "abc", false), ("(?:ab){2,3}c", "", "ababc", true), ("a{3}", "", "aa", false),
    ("a{2,}", "", "aaa", true), ("a{,3}", "", "a{,3}", true), ("\\bsea\\b", "", "the sea.", true),
    ("\\bsea\\b", "", "seas", false), ("\\Bea", "", "sea", true), ("[a-c]x", "", "bx", true),
    ("[^a-c]x", "", "bx", false),
    ("[\\d-]+!", "", "12-3!", true), ("[]x", "", "x", false), ("\\w+\\s\\d", "", "ab 7", true),
    ("\\u00e9", "", "café", true),
    ("é", "i", "CAFÉ", true), ("[à-é]", "i", "É", true), ("(?<n>a)b", "", "ab", true),
    ("a*?b", "", "aaab", true),
    ("", "", "x", true), ("(a*)*b", "", "aaab", true), ("(a|ab)(c|bcd)", "", "abcd", true),
    ("\\x41", "", "A", true),
    ("\\u{1F600}", "u", "😀", true), ("[^x]", "", "", false), ("a|", "", "b", true), ("日本", "", "日本語", true),
  ])
  func `a pattern matches what it does in a browser`(
    _ pattern: String, _ flags: String, _ text: String, _ expected: Bool
  )
    throws
  {
    if pattern == "[]x" {
      #expect(try !matches(pattern, flags, text))
    } else {
      #expect(try matches(pattern, flags, text) == expected, "/\(pattern)/\(flags) on \(text)")
    }
  }

  @Test(arguments: [
    ("(", LorePattern.Fault.syntax), (")", .syntax), ("[a", .syntax), ("a**", .syntax), ("*a", .syntax),
    ("[b-a]", .syntax),
    ("a{2,1}", .syntax), ("\\", .syntax), ("(?=a)", .unsupported), ("(?<!a)b", .unsupported),
    ("(a)\\1", .unsupported),
    ("\\p{L}", .unsupported), ("a{1001}", .tooLarge), ("(a{1000}){1000}", .tooLarge), ("(?x)a", .unsupported),
    (String(repeating: "(", count: 60) + String(repeating: ")", count: 60), .tooLarge),
    (String(repeating: "a", count: 2_001), .tooLarge),
  ])
  func `what is no pattern, or none that is safe, is refused`(_ pattern: String, _ fault: LorePattern.Fault) {
    #expect(throws: fault) { try LorePattern(pattern) }
  }

  @Test func `at the limit a pattern is read`() throws {
    let long = "b" + String(repeating: "a", count: 1_999)
    #expect(try matches(long, "", long))
    #expect(try matches("ba{1000}", "", "b" + String(repeating: "a", count: 1_000)))
  }

  @Test(arguments: [
    "(a+)+$", "(a|a)*b", "(a*)*b", "(.*)*x", "([a-z]+)*\\d", "(a?){30}a{30}b", "(\\w|\\w\\w)+!",
  ])
  func `a pattern made to take for ever ends soon`(_ pattern: String) throws {
    let compiled = try LorePattern(pattern)
    let text = LoreText(String(repeating: "a", count: 50_000))
    var effort = LoreEffort()
    let time = ContinuousClock().measure { _ = compiled.matches(text, &effort) }
    #expect(time < .seconds(3), "\(pattern): \(time)")
    #expect(effort.steps >= LoreEffort().steps - LoreEffort.mostStepsOfOne - 1_000)
  }

  @Test func `keys are words, whole words, or patterns`() throws {
    func found(_ key: String, _ text: String, _ edit: (inout LoreKey.Manner) -> Void = { _ in }) -> Bool {
      var manner = LoreKey.Manner()
      edit(&manner)
      var effort = LoreEffort()
      return LoreKey(key, manner).matches(LoreText(text), &effort)
    }
    #expect(found("Sea", "the SEAS") && !found("Sea", "the SEAS") { $0.isCaseSensitive = true })
    #expect(!found("sea", "seas") { $0.isWhole = true } && found("sea", "a sea, blue") { $0.isWhole = true })
    #expect(found("海", "大海原") { $0.isWhole = true } && !found("мор", "море") { $0.isWhole = true })
    #expect(found("deep sea", "the deep sea.") { $0.isWhole = true })
    #expect(
      found("/SEAS?/i", "seas") && !found("/SEAS?/", "seas") && found("s.a", "sea") { $0.isPattern = true })
    #expect(!found("s.a", "sea") && !found("(", "(") { $0.isPattern = true } && !found("", "x"))
    // Paths are no patterns.
    #expect(found("/home/ada", "in /home/ada"))
  }
}
