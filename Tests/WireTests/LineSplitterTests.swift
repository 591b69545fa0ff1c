import Base
import Testing
import Wire

@Suite struct LineSplitterTests {
  /// What came out of a splitter, in order.
  private enum Piece: Equatable {
    case line(String)
    case tooLong
  }

  private func split(_ text: String, limit: Int, by size: Int) -> [Piece] {
    split(Array(text.utf8), limit: limit, sizes: { size })
  }

  private func split(_ bytes: [UInt8], limit: Int, sizes: () -> Int) -> [Piece] {
    var splitter = LineSplitter(limit: limit)
    var pieces: [Piece] = []
    var start = 0
    while start < bytes.count {
      let end = min(start + sizes(), bytes.count)
      let chunk = Array(bytes[start..<end])
      feed(chunk, to: &splitter, into: &pieces)
      #expect(splitter.heldBytes <= limit + 1)
      start = end
    }
    return pieces
  }

  private func feed(_ chunk: [UInt8], to splitter: inout LineSplitter, into pieces: inout [Piece]) {
    var found: [Piece] = []
    splitter.feed(
      chunk.span,
      line: { line in
        var copy: [UInt8] = []
        for index in 0..<line.count { copy.append(line[index]) }
        found.append(.line(String(decoding: copy, as: UTF8.self)))
      },
      tooLong: { found.append(.tooLong) })
    pieces += found
  }

  @Test(arguments: [1, 2, 3, 4, 5, 7, 1000])
  func `finds the same lines however the bytes arrive`(size: Int) {
    let text = "one\ntwo\r\n\n\r\n  \t\nthree\n\nfünf\r\nlast without an end"
    #expect(
      split(text, limit: 100, by: size) == [.line("one"), .line("two"), .line("three"), .line("fünf")])
  }

  @Test(arguments: [1, 2, 3, 4, 5, 8, 1000])
  func `a line at the limit passes and one past it does not`(size: Int) {
    #expect(split("12345678\n", limit: 8, by: size) == [.line("12345678")])
    #expect(split("12345678\r\n", limit: 8, by: size) == [.line("12345678")])
    #expect(split("123456789\n", limit: 8, by: size) == [.tooLong])
    #expect(split("123456789\r\n", limit: 8, by: size) == [.tooLong])
  }

  @Test(arguments: [1, 2, 3, 5, 9, 10, 11, 1000])
  func `goes on behind a line that was too long`(size: Int) {
    let long = String(repeating: "x", count: 50)
    #expect(
      split("a\n\(long)\nb\n\(long)\r\nc\n", limit: 8, by: size) == [
        .line("a"), .tooLong, .line("b"), .tooLong, .line("c"),
      ])
  }

  @Test func `tells that a line is too long before it ends, once`() {
    var splitter = LineSplitter(limit: 4)
    var pieces: [Piece] = []
    feed(Array("12345".utf8), to: &splitter, into: &pieces)
    #expect(pieces == [] && splitter.heldBytes == 5)  // The fifth may yet be a carriage return.
    feed(Array("6".utf8), to: &splitter, into: &pieces)
    #expect(pieces == [.tooLong] && splitter.heldBytes == 0)
    for _ in 0..<100 { feed(Array("78901234567890".utf8), to: &splitter, into: &pieces) }
    #expect(pieces == [.tooLong] && splitter.heldBytes == 0)
    feed(Array("end\nfour\n".utf8), to: &splitter, into: &pieces)
    #expect(pieces == [.tooLong, .line("four")])
  }

  @Test func `a carriage return within a line stays`() {
    #expect(split("a\rb\n\r\r\nc\r\r\n", limit: 8, by: 100) == [.line("a\rb"), .line("c\r")])
  }

  @Test func `holds nothing between whole lines`() {
    var splitter = LineSplitter(limit: 100)
    var pieces: [Piece] = []
    feed(Array("one\ntwo\n".utf8), to: &splitter, into: &pieces)
    #expect(splitter.heldBytes == 0)
    feed(Array("thr".utf8), to: &splitter, into: &pieces)
    #expect(splitter.heldBytes == 3)
    feed(Array("ee\n".utf8), to: &splitter, into: &pieces)
    #expect(splitter.heldBytes == 0 && pieces.count == 3)
  }

  @Test func `agrees with a plain split on random bytes in random pieces`() {
    let seed = UInt64.random(in: .min ... .max)
    var random = RandomSource.seeded(seed)
    let alphabet = Array("ab \r\n".utf8)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }
      let limit = Int.random(in: 1...12, using: &random)
      var plain: [Piece] = []
      var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      let rest = lines.removeLast()
      for var line in lines {
        if line.last == 0x0D { line.removeLast() }
        if line.count > limit {
          plain.append(.tooLong)
        } else if line.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) {
          plain.append(.line(String(decoding: line, as: UTF8.self)))
        }
      }
      if rest.count > limit + 1 { plain.append(.tooLong) }
      let pieces = split(bytes, limit: limit) { Int.random(in: 1...10, using: &random) }
      #expect(pieces == plain, "seed \(seed), limit \(limit), bytes \(bytes)")
    }
  }
}
