import Base
import Config
import Testing

@Suite struct JSON5ReaderTests {
  private func read(_ text: String) throws -> Node { try JSON5Reader.read(Array(text.utf8), file: "f").root }

  private func refusal(_ text: String) -> Problem? {
    do {
      _ = try JSON5Reader.read(Array(text.utf8), file: "f")
      return nil
    } catch { return error }
  }

  @Test func `reads two thousand generated documents as Foundation does`() {
    let seed = UInt64.random(in: 0 ... .max)
    var writer = JSON5Writer(RandomSource.seeded(seed))
    for round in 0..<2000 {
      let text = writer.document()
      let bytes = Array(text.utf8)
      let theirs = foundation(bytes)
      #expect(
        theirs != nil, "seed \(seed) round \(round): the writer wrote nonsense: \(String(reflecting: text))")
      #expect(ours(bytes) == theirs, "seed \(seed) round \(round): \(String(reflecting: text))")
    }
  }

  @Test func `agrees with Foundation about damaged documents, except where it is stricter on purpose`() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = RandomSource.seeded(seed)
    var writer = JSON5Writer(generator)
    var refused = 0
    for round in 0..<4000 {
      var bytes = Array(writer.document().utf8)
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      let marks = Array("{}[],:'\"0x.+-eE/*\\ abn".utf8)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(marks[Int.random(in: 0..<marks.count, using: &generator)], at: place)
      default: bytes.removeSubrange(place...)
      }
      guard let mine = ours(bytes) else {
        refused += 1
        continue
      }
      // What we take, Foundation takes and reads alike. The spellings only the specification knows are below.
      let text = String(decoding: bytes, as: UTF8.self)
      if foundation(bytes) == nil, onlyWeKnow(text) { continue }
      #expect(foundation(bytes) == mine, "seed \(seed) round \(round): \(String(reflecting: text))")
    }
    #expect(refused > 500)
  }

  /// Foundation knows neither `\a` (an ordinary character), `\0` and `\v`, nor an escaped line end, and
  /// refuses a hexadecimal number that a Double cannot hold exactly.
  private func onlyWeKnow(_ text: String) -> Bool { text.contains("\\") || text.contains("0x") }

  @Test(arguments: [
    ("[1,]", "[1]"), ("{a:1,}", #"{"a":1}"#), ("'it\\'s'", "\"it's\""), ("\"\\'\"", "\"'\""), ("+1", "1"),
    (".5", "0.5"), ("5.", "5"), ("0x1F", "31"), ("-0X10", "-16"), ("-.5e1", "-5"), ("/* a */ 1 // b", "1"),
    ("'\\x41\\u0042'", "\"AB\""), ("{$a_1: null}", #"{"$a_1":null}"#), ("{é: 1}", #"{"é":1}"#),
    ("{\\u0061b: 1}", #"{"ab":1}"#), ("\u{FEFF}{}", "{}"), ("\t\u{0B}\u{0C}1\r\n", "1"),
  ])
  func `spellings of JSON5 mean what plain JSON means`(spelling: String, plain: String) throws {
    #expect(Plain(try read(spelling)) == foundation(Array(plain.utf8)))
  }

  @Test(arguments: [
    ("'a\\\nb'", "ab"), ("'a\\\r\nb'", "ab"), ("'a\\\rb'", "ab"), ("'a\\\u{2028}b'", "ab"),
    ("'\\a\\q'", "aq"),
    ("'\\v\\0'", "\u{0B}\u{0}"), ("'\\é'", "é"), ("'tab\tin'", "tab\tin"),
  ])
  func `follows the specification where Foundation does not`(spelling: String, text: String) throws {
    #expect(Plain(try read(spelling)) == .text(text))
  }

  @Test func `white space of any kind separates`() throws {
    #expect(
      Plain(try read("\u{A0}[\u{2003}1\u{2028},\u{3000}2\u{2029}]//x\u{2028}"))
        == .list([.number(1), .number(2)]))
  }

  @Test(arguments: [
    ("", "1:1", "an object"), ("  // only a remark\n", "2:1", "an object"), ("{", "1:2", "'}' to close"),
    ("{\n  a: [1,\n", "3:1", "']' to close the bracket opened at 2:6"), ("{a: 1 b: 2}", "1:7", "',' or '}'"),
    ("[1 2]", "1:4", "',' or ']'"), ("[,]", "1:2", "a value"), ("{,}", "1:2", "a name or '}'"),
    ("{a = 1}", "1:4", "':' after the name"), ("{a: 1}}", "1:7", "nothing after"),
    ("{a: 01}", "1:5", "leading zeros"),
    ("{a: 0x}", "1:7", "hexadecimal digits"), ("{a: 1e}", "1:7", "exponent"),
    ("{a: 30s}", "1:7", "end of the number"),
    ("{a: 1.2.3}", "1:8", "end of the number"), ("{a: -}", "1:6", "a digit"),
    ("{a: 1e999}", "1:5", "below 1.8e308"),
    ("{a: 0x1FFFFFFFFFFFFFFFF}", "1:23", "64 bits"), ("{a: 'x\n'}", "1:5", "a closing quote"),
    ("{a: \"x}", "1:5", "a closing quote"), ("{a: '\u{1}'}", "1:6", "no control character"),
    ("{a: '\\1'}", "1:7", "an escape"), ("{a: '\\x4'}", "1:9", "2 hexadecimal digits"),
    ("{a: '\\ud83d'}", "1:8", "a whole character"), ("{a: '\\udc00'}", "1:8", "a whole character"),
    ("{a: True}", "1:5", "a value"), ("{a: yes}", "1:5", "a value"), ("{a: word}", "1:5", "a value"),
    ("# no\n{}", "1:1", "a value"), ("{a: 1} /* x", "1:8", "*/ to end"), ("{a: 1} / x", "1:8", "a comment"),
    ("{\u{201C}a\u{201D}: 1}", "1:2", "a name or '}'"), ("{1a: 1}", "1:2", "a name or '}'"),
    ("{my-name: 1}", "1:4", "':' after the name"), ("{\r\n\té: 'é', b: ;}", "2:13", "a value"),
  ])
  func `names the place and the need`(text: String, place: String, expected: String) throws {
    let problem = try #require(refusal(text))
    #expect("\(problem.source)" == "f:\(place)")
    #expect(problem.expected.contains(expected), "\(problem)")
    #expect(problem.suggestion != nil)
  }

  @Test func `an error knows the path it is on`() {
    #expect(refusal("{providers: {home: {models: ['a', %]}}}")?.path == "providers.home.models[1]")
  }

  @Test func `helps those who come from other formats`() {
    #expect(refusal("{a: True}")?.suggestion == "did you mean true?")
    #expect(refusal("{a: off}")?.suggestion == "did you mean false?")
    #expect(refusal("{a: None}")?.suggestion == "did you mean null?")
    #expect(refusal("{a: sk-123}")?.suggestion == "put text in quotes")
    #expect(refusal("# x")?.suggestion == "comments are written // … or /* … */")
    #expect(refusal("{a: \u{201C}x\u{201D}}")?.suggestion == "use plain quotes: \" or '")
    #expect(refusal("{my-name: 1}")?.suggestion == "a name with other signs than letters needs quotes")
  }

  @Test func `a name twice is refused with both places, and all of them are told`() throws {
    let text = "{a: 1,\n b: {x: 1, x: 2},\n 'a': 3, \\u0061: 4}"
    let duplicates = try JSON5Reader.read(Array(text.utf8), file: "f").duplicates
    #expect(duplicates.map { "\($0.source) \($0.path)" } == ["f:2:12 b.x", "f:3:2 a", "f:3:10 a"])
    #expect(duplicates.allSatisfy { $0.expected == "each name once in an object" })
    #expect(duplicates[1].found == "\"a\" again; the first is at 1:2")
  }

  @Test func `64 brackets may nest, not 65`() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(refusal(nested(JSON5Reader.maxDepth)) == nil)
    #expect(refusal(nested(JSON5Reader.maxDepth + 1))?.source == .file("f", Position(line: 1, column: 65)))
  }

  @Test func `a mebibyte is read, one byte more is not`() {
    let most = "{}" + String(repeating: " ", count: JSON5Reader.maxBytes - 2)
    #expect(refusal(most) == nil)
    #expect(refusal(most + " ")?.expected == "a file of at most 1048576 bytes")
  }

  @Test func `places in one long line are found in one pass`() throws {
    let text = "[" + String(repeating: "1,", count: 400_000) + "]"
    let time = try ContinuousClock().measure {
      guard case .list(let items) = try read(text).value else { return }
      #expect(items.last?.source == .file("f", Position(line: 1, column: 800_000)))
    }
    // Counting from the line's start each time would take hours.
    #expect(time < .seconds(60))
  }

  @Test(
    arguments: [
      ([0xFF, 0xFE, 0x7B, 0x00], "f:1:1", "UTF-16"), ([0x7B, 0x0A, 0x20, 0x00], "f:2:2", "a zero byte"),
      ([0x7B, 0x0A, 0x22, 0xC3, 0x22, 0x7D], "f:2:2", "the byte 0xc3"),
      ([0xED, 0xA0, 0x80], "f:1:1", "the byte 0xed"),
    ] as [([UInt8], String, String)])
  func `refuses what is not UTF-8`(bytes: [UInt8], place: String, found: String) {
    #expect {
      _ = try JSON5Reader.read(bytes, file: "f")
    } throws: { error in
      guard let problem = error as? Problem else { return false }
      return "\(problem.source)" == place && problem.found == found && problem.expected == "UTF-8 text"
    }
  }

  @Test func `any bytes at all end in a tree or an error`() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = RandomSource.seeded(seed)
    let marks = Array("{}[],:'\"0x.+-e/*\\\n\r uab1\u{2028}é".utf8)
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0..<24, using: &generator)).map { _ in
        Int.random(in: 0..<8, using: &generator) == 0
          ? UInt8.random(in: 0...255, using: &generator)
          : marks[Int.random(in: 0..<marks.count, using: &generator)]
      }
      // A continued line in a string is nothing; Foundation's reader makes something of it now and then.
      let isContinued = zip(bytes, bytes.dropFirst()).contains { $0 == 0x5C && ($1 == 0x0A || $1 == 0x0D) }
      if let tree = ours(bytes), !isContinued {
        let theirs = foundation(bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(theirs == nil || theirs == tree, "seed \(seed): \(bytes) \(text)")
      }
    }
  }
}
