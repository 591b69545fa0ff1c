import Testing

@testable import Base

@Suite struct SuggestionTests {
  private let methods = ["ping", "status", "settings.get", "settings.set", "events.subscribe", "config.show"]

  @Test(arguments: [
    ("pnig", "ping"), ("Status", "status"), ("settings.gett", "settings.get"),
    ("setings.set", "settings.set"),
    ("event.subscribe", "events.subscribe"), ("config.shwo", "config.show"), ("pin", "ping"),
  ])
  func `a slip of the fingers finds its word`(slip: String, word: String) {
    #expect(Suggestion.nearest(to: slip, in: methods) == word)
  }

  @Test(arguments: ["", "x", "zzzz", "chat.create", String(repeating: "s", count: 1_000_000)])
  func `another word finds none`(word: String) {
    #expect(Suggestion.nearest(to: word, in: methods) == nil)
  }

  @Test func `no words, no suggestion`() {
    #expect(Suggestion.nearest(to: "ping", in: []) == nil)
  }

  @Test(arguments: [
    ("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("ab", "ba", 1), ("kitten", "sitting", 3),
    ("abcd", "acbd", 1),
  ])
  func `counts insertions, deletions, replacements and swaps`(a: String, b: String, distance: Int) {
    #expect(Suggestion.distance(Array(a.utf8), Array(b.utf8)) == distance)
    #expect(Suggestion.distance(Array(b.utf8), Array(a.utf8)) == distance)
  }
}
