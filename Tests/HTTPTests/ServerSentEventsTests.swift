import Base
import HTTP
import Testing

/// Feeds the pieces and answers the events.
private func events(_ pieces: [[UInt8]], limit: Int = 1 << 20) throws -> [ServerSentEvents.Event] {
  var decoder = ServerSentEvents(limit: limit)
  var events: [ServerSentEvents.Event] = []
  for piece in pieces { try decoder.feed(piece.span) { events.append($0) } }
  try decoder.finish { events.append($0) }
  return events
}

private func data(_ text: String, limit: Int = 1 << 20) throws -> [String] {
  try events([Array(text.utf8)], limit: limit).map { String(decoding: $0.data, as: UTF8.self) }
}

@Suite struct ServerSentEventsTests {
  static let stream = """
    \u{FEFF}: a comment\r\nevent: greeting\r\ndata: grüß dich 👋🏽\r\n\r\n\
    data:without a space\n\ndata:  two spaces\rdata\rdata: third line\r\r\
    id: 7\nretry: 10\nunknown: x\ndata: {"a":"\u{2028}b\u{85}"}\n\n\
    event: empty\n\n:\n\ndata: after\r\n\r\ndata: [DONE]
    """

  static let expected: [ServerSentEvents.Event] = [
    .init(name: "greeting", data: Array("grüß dich 👋🏽".utf8)),
    .init(name: "", data: Array("without a space".utf8)),
    .init(name: "", data: Array(" two spaces\n\nthird line".utf8)),
    .init(name: "", data: Array("{\"a\":\"\u{2028}b\u{85}\"}".utf8)),
    .init(name: "", data: Array("after".utf8)),
    .init(name: "", data: Array("[DONE]".utf8)),
  ]

  @Test func `reads the same events wherever the bytes are cut in two`() throws {
    let bytes = Array(Self.stream.utf8)
    for cut in 0...bytes.count {
      #expect(try events([Array(bytes[..<cut]), Array(bytes[cut...])]) == Self.expected, "cut at \(cut)")
    }
  }

  @Test(arguments: [1, 2, 3, 5, 7])
  func `reads the same events in pieces of a few bytes`(size: Int) throws {
    let bytes = Array(Self.stream.utf8)
    let pieces = stride(from: 0, to: bytes.count, by: size).map {
      Array(bytes[$0..<min(bytes.count, $0 + size)])
    }
    #expect(try events(pieces) == Self.expected)
  }

  @Test func `reads the same events in random pieces`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = RandomSource.seeded(seed)
    let bytes = Array(Self.stream.utf8)
    for _ in 0..<300 {
      var pieces: [[UInt8]] = []
      var start = 0
      while start < bytes.count {
        let end = min(bytes.count, start + Int.random(in: 0...20, using: &random))
        pieces.append(Array(bytes[start..<end]))
        start = end
      }
      #expect(try events(pieces) == Self.expected, "seed \(seed)")
    }
  }

  @Test func `an empty event is none`() throws {
    #expect(try data("data:\n\ndata: \n\n\n\n: ping\n\ndata: x\n\n") == ["x"])
  }

  @Test func `a field of another name that begins with data is not data`() throws {
    #expect(try data("database: x\n\ndat: y\n\ndata: z\n\n") == ["z"])
  }

  @Test func `an event of the limit passes, one byte more is refused`() throws {
    let text = String(repeating: "a", count: 100)
    #expect(try data("data: \(text)\n\n", limit: 100) == [text])
    #expect(throws: ServerSentEvents.TooLarge(limit: 100)) { try data("data: \(text)a\n\n", limit: 100) }
    #expect(throws: ServerSentEvents.TooLarge(limit: 100)) {
      try data("data: \(text.dropLast())\ndata: b\n\n", limit: 100)
    }
    #expect(try data("data: \(text.dropLast(2))\ndata: b\n\n", limit: 100).count == 1)
  }

  @Test func `a line without an end is refused before it is held`() throws {
    var decoder = ServerSentEvents(limit: 1000)
    let piece = [UInt8](repeating: 0x61, count: 600)
    try decoder.feed(piece.span) { _ in }
    #expect(throws: ServerSentEvents.TooLarge(limit: 1000)) { try decoder.feed(piece.span) { _ in } }
  }
}

@Suite struct NDJSONTests {
  private func lines(_ pieces: [[UInt8]], limit: Int = 1 << 20) throws -> [String] {
    var decoder = NDJSON(limit: limit)
    var lines: [String] = []
    for piece in pieces {
      try decoder.feed(piece.span) { line in
        lines.append(unsafe line.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) })
      }
    }
    decoder.finish { line in
      lines.append(unsafe line.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) })
    }
    return lines
  }

  @Test func `reads the same lines wherever the bytes are cut in two`() throws {
    let bytes = Array("{\"a\":\"é\u{2028}\"}\n\r\n \t\n{\"b\":1}\r\n{\"c\":\"👋\"}".utf8)
    for cut in 0...bytes.count {
      let read = try lines([Array(bytes[..<cut]), Array(bytes[cut...])])
      #expect(read == ["{\"a\":\"é\u{2028}\"}", "{\"b\":1}", "{\"c\":\"👋\"}"], "cut at \(cut)")
    }
  }

  @Test func `a line of the limit passes, one byte more is refused`() throws {
    let line = [UInt8](repeating: 0x31, count: 50)
    #expect(try lines([line, [0x0A]], limit: 50).count == 1)
    #expect(throws: NDJSON.TooLarge(limit: 50)) { try lines([line, [0x31, 0x0A]], limit: 50) }
  }
}
