import Base
import Testing

@testable import Providers

/// Cuts a text into random pieces of whole characters.
private func pieces(_ text: String, _ random: inout RandomSource) -> [String] {
  var pieces: [String] = []
  var rest = text[...]
  while !rest.isEmpty {
    let count = Int.random(in: 1...4, using: &random)
    pieces.append(String(rest.prefix(count)))
    rest = rest.dropFirst(count)
  }
  return pieces
}

@Suite struct StopFilterTests {
  private func run(_ stops: [String], _ pieces: [String]) -> (shown: [String], stopped: String?) {
    var filter = StopFilter(stops)
    var shown = pieces.map { filter.push($0) }
    shown.append(filter.finish())
    return (shown, filter.stopped)
  }

  @Test func `ends before a stop string and shows nothing of it`() {
    let (shown, stopped) = run(["\nSam:"], ["Hello", " there\n", "Sa", "m", ": no", "more"])
    #expect(shown.joined() == "Hello there" && stopped == "\nSam:")
  }

  @Test func `holds back what may become one and shows it when it does not`() {
    var filter = StopFilter(["\nSam:"])
    #expect(filter.push("a\nS") == "a")
    #expect(filter.push("un") == "\nSun")
    #expect(filter.push("\nSam") == "")
    #expect(filter.finish() == "\nSam" && filter.stopped == nil)
  }

  @Test func `the one that is complete first counts, and of those the longest`() {
    #expect(run(["abc", "b"], ["xabc"]).shown.joined() == "xa")
    #expect(run(["abc", "bc"], ["xabc"]).shown.joined() == "x")
    #expect(run(["aab"], ["aaab"]).shown.joined() == "a")
    #expect(run(["", "x"], ["ax"]).shown.joined() == "a")
    #expect(run([], ["anything"]).shown.joined() == "anything")
  }

  @Test func `cutting makes no difference, against a reference that sees all at once`() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = RandomSource.seeded(seed)
    let alphabet = Array("abé\n👋")
    for _ in 0..<3000 {
      func word(_ length: ClosedRange<Int>) -> String {
        String(
          (0..<Int.random(in: length, using: &random)).map { _ in
            alphabet[Int.random(in: 0..<5, using: &random)]
          })
      }
      let text = word(0...24)
      let stops = (0..<Int.random(in: 0...3, using: &random)).map { _ in word(1...4) }
      let bytes = Array(text.utf8)
      // The least end at which any stop string is complete; of those the longest.
      var expected = text
      search: for end in 0...bytes.count {
        let complete = stops.filter { bytes[..<end].suffix($0.utf8.count).elementsEqual($0.utf8) }
        guard let longest = complete.map(\.utf8.count).max() else { continue }
        expected = String(decoding: bytes[..<(end - longest)], as: UTF8.self)
        break search
      }
      #expect(run(stops, pieces(text, &random)).shown.joined() == expected, "seed \(seed), \(text), \(stops)")
    }
  }

  @Test func `what was shown is never more than what the end result keeps`() {
    let text = "one two stop three"
    for cut in text.indices {
      var filter = StopFilter(["stop"])
      let first = filter.push(String(text[..<cut]))
      #expect("one two ".hasPrefix(first), "cut at \(cut.utf16Offset(in: text))")
    }
  }
}

@Suite struct ThinkSplitterTests {
  private func run(_ pieces: [String], startsThinking: Bool = false) -> (
    thinking: String, text: String, missed: Bool
  ) {
    var splitter = ThinkSplitter(startsThinking: startsThinking)
    let all = pieces.flatMap { splitter.push($0) } + splitter.finish()
    return (
      all.filter(\.isThinking).map(\.text).joined(), all.filter { !$0.isThinking }.map(\.text).joined(),
      splitter.missedOpening
    )
  }

  @Test func `parts thinking from speech, wherever the tags are cut`() {
    let text = "\n<think>a < b </thin k>?</think>\n\nHello <think> there"
    for index in text.indices {
      let result = run([String(text[..<index]), String(text[index...])])
      #expect(result == ("a < b </thin k>?", "Hello <think> there", false))
    }
    #expect(run(text.map { String($0) }) == ("a < b </thin k>?", "Hello <think> there", false))
    #expect(run(["<thinking>x</thinking>y"]) == ("x", "y", false))
  }

  @Test func `text without tags stays as it is, white space and all`() {
    #expect(run([" \n", "<thi", "s is fine>"]) == ("", " \n<this is fine>", false))
    #expect(run(["  "]) == ("", "  ", false))
    #expect(run(["a </thi"]) == ("", "a </thi", false))
  }

  @Test func `an opening tag that the template swallowed is noticed, and expected the next time`() {
    #expect(run(["hm", " so</think>", "Yes"]) == ("", "hm soYes", true))
    #expect(run(["hm", " so</think>", "\n\nYes"], startsThinking: true) == ("hm so", "Yes", false))
  }

  @Test func `thinking that never ends is thinking`() {
    #expect(run(["<think>on and on"]) == ("on and on", "", false))
  }
}

@Suite struct JoiningTests {
  @Test func `characters are joined wherever the bytes are cut, in three pieces`() {
    let bytes = Array("aé日👋🏽\u{FFFD}z".utf8)
    for first in 0...bytes.count {
      for second in first...bytes.count {
        var joiner = ScalarJoiner()
        let text =
          joiner.push(Array(bytes[..<first])) + joiner.push(Array(bytes[first..<second]))
          + joiner.push(Array(bytes[second...]))
          + joiner.finish()
        #expect(text == "aé日👋🏽\u{FFFD}z", "cut at \(first) and \(second)")
      }
    }
  }

  @Test func `halves of a pair are joined wherever their bytes are cut`() {
    let halves: [UInt8] = [0x61, 0xED, 0xA0, 0xBD, 0xED, 0xB1, 0x8B, 0x62]
    for cut in 0...halves.count {
      var joiner = ScalarJoiner()
      let text = joiner.push(Array(halves[..<cut])) + joiner.push(Array(halves[cut...])) + joiner.finish()
      #expect(text == "a👋b", "cut at \(cut)")
    }
  }

  @Test(
    arguments: [
      ([0x61, 0xFF, 0x62], "a\u{FFFD}b"), ([0xED, 0xA0, 0xBD, 0x62], "\u{FFFD}b"),
      ([0xED, 0xB1, 0x8B], "\u{FFFD}"),
      ([0xC3], "\u{FFFD}"), ([0xF0, 0x9F, 0x62], "\u{FFFD}b"),
      ([0xED, 0xA0, 0xBD, 0xED, 0xA0, 0xBD], "\u{FFFD}\u{FFFD}"),
    ] as [([UInt8], String)])
  func `what cannot be joined is replaced`(bytes: [UInt8], expected: String) {
    var joiner = ScalarJoiner()
    #expect(joiner.push(bytes) + joiner.finish() == expected)
  }

  @Test func `growth is told from repetition by the third delta`() {
    func run(_ deltas: [String]) -> String {
      var detector = GrowthDetector()
      let bytes = deltas.flatMap { detector.push(Array($0.utf8)) } + detector.finish()
      return String(decoding: bytes, as: UTF8.self)
    }
    #expect(run(["a", "ab", "abc", "abcd"]) == "abcd")
    #expect(run(["ha", "haha", "!"]) == "hahaha!")
    #expect(run(["ha", "haha"]) == "hahaha")
    #expect(
      run(["a long enough beginning", "a long enough beginning, and more"])
        == "a long enough beginning, and more")
    #expect(run(["x", "y", "xy"]) == "xyxy")
    #expect(run(["", "a", "", "b"]) == "ab")
  }

  @Test func `a loop is noticed and ordinary text is none`() {
    var guarding = RepetitionGuard()
    var length = 0
    while !guarding.push("and again, "), length < 10_000 { length += 11 }
    #expect(length < 2100)
    var ordinary = RepetitionGuard()
    #expect(!(0..<2000).contains { ordinary.push("line \($0 &* 7919 % 1000), ") })
    var random = RandomSource.seeded(3)
    var noise = RepetitionGuard()
    #expect(
      !(0..<400).contains { _ in noise.push(String(UInt64.random(in: 0 ... .max, using: &random), radix: 36))
      })
  }
}

@Suite struct LooseJSONTests {
  private func read(_ text: String) -> LooseJSON? { LooseJSON(Array(text.utf8).span) }

  @Test func `reads what is JSON`() {
    let json = read(
      " {\"a\": [1, -2.5e3, true, null, \"x\\n\\u00e9\\/\"], \"b\": {\"c\": \"7\"}, \"a2\": []} ")
    #expect(json?["a"]?.array?.count == 5 && json?["a"]?.array?[1].integer == -2500)
    #expect(json?["a"]?.array?[4].string == "x\né/" && json?["b"]?["c"]?.integer == 7)
    #expect(json?["a"]?.array?[3].isNull == true && json?["zz"] == nil)
  }

  @Test(arguments: [
    "", "{", "{\"a\"}", "[1,]", "{\"a\":1,}", "nul", "\"abc", "\"\\x\"", "\"\\u12\"", "1 2", "{}x", "+",
    "tru", "[1 2]", "--1", "{a:1}",
  ])
  func `refuses what is none`(text: String) { #expect(read(text) == nil) }

  @Test func `nesting of the limit passes, one deeper does not`() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(read(nested(LooseJSON.maxDepth)) != nil)
    #expect(read(nested(LooseJSON.maxDepth + 1)) == nil)
  }

  @Test func `random bytes never trap and never hang`() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = RandomSource.seeded(seed)
    let alphabet = Array("{}[]\",:\\u0dN-1e.a \u{e9}".utf8)
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...30, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      _ = LooseJSON(bytes.span)
    }
  }
}
