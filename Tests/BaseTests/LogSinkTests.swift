import Glibc
import Testing

@testable import Base

/// A pipe whose reading end gives back what a sink wrote.
struct Pipe: ~Copyable {
  let reading: Int32
  let writing: Int32

  init() {
    var two: [Int32] = [0, 0]
    let failed = unsafe pipe(&two)
    precondition(failed == 0, "no pipe could be made")
    reading = two[0]
    writing = two[1]
  }

  deinit {
    close(reading)
    close(writing)
  }

  /// What lies in the pipe now. Blocks when nothing does, which a test's time limit would show.
  func drain() -> String {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe read(reading, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }
}

private func record(
  _ message: String, level: LogLevel = .warning, fields: [(name: String, value: String)] = []
) -> LogRecord {
  LogRecord(
    time: Timestamp(milliseconds: 1_795_256_478_042), level: level, component: "server", message: message,
    fields: fields)
}

@Suite struct LogSinkTests {
  /// Everything a hostile value could try: line breaks of four kinds, an escape sequence, a C1 introducer, a
  /// direction override.
  static let hostile = "a\nb\r\u{2028}c\u{85}\u{1B}[31m\u{9B}2J\u{202E}d\u{7F}\0"

  @Test func `JSON has one object a line with time, level, component, message and fields`() {
    let text = JSONLogSink.line(record("peer went away", fields: [("uid", "1000"), ("why", "hung \"up\"")]))
    #expect(
      text == #"{"time":"2026-11-21T10:21:18.042Z","level":"warning","component":"server","#
        + #""message":"peer went away","fields":{"uid":"1000","why":"hung \"up\""}}"#)
  }

  @Test func `JSON leaves fields out when there are none`() {
    #expect(JSONLogSink.line(record("x")).hasSuffix(#""message":"x"}"#))
  }

  @Test func `JSON keeps the last of two fields with one name`() {
    let text = JSONLogSink.line(record("x", fields: [("call", "1"), ("uid", "2"), ("call", "3")]))
    #expect(text.hasSuffix(#""fields":{"uid":"2","call":"3"}}"#))
  }

  @Test func `JSON cannot be made to forge a line or a terminal escape`() {
    let text = JSONLogSink.line(record(Self.hostile, fields: [(Self.hostile, Self.hostile)]))
    #expect(text.unicodeScalars.allSatisfy { !$0.isUnprintable })
    #expect(text.contains(#"a\nb\u000d\u2028c\u0085\u001b[31m\u009b2J\u202ed\u007f\u0000"#))
  }

  @Test func `a terminal line cannot be made to forge a line or a terminal escape`() {
    for style in [TerminalLogSink.Style.plain, .terminal] {
      let text = TerminalLogSink(style: style).line(
        record(Self.hostile, fields: [(Self.hostile, Self.hostile)]))
      #expect(text.unicodeScalars.allSatisfy { !$0.isUnprintable })
      #expect(text.contains(#"a\nb\r\u{2028}c\u{85}\u{1B}[31m\u{9B}2J\u{202E}d\u{7F}\u{0}"#))
    }
  }

  @Test func `a value with spaces or an equals sign is quoted and cannot pass for a field`() {
    let text = TerminalLogSink(style: .plain).line(
      record("x", fields: [("name", "me uid=0"), ("empty", ""), ("q", "a\"b"), ("plain", "ok")]))
    #expect(
      text == #"2026-11-21T10:21:18.042Z warning server: x  name="me uid=0" empty="" q="a\"b" plain=ok"#)
  }

  @Test func `colour and the short time are for terminals only`() {
    let line = record("x", level: .info)
    #expect(TerminalLogSink(style: .plain).line(line) == "2026-11-21T10:21:18.042Z info    server: x")
    #expect(TerminalLogSink(style: .terminal).line(line) == "10:21:18.042 info    server: x")
    let coloured = TerminalLogSink(style: .coloured).line(line)
    #expect(coloured == "\u{1B}[2m10:21:18.042\u{1B}[0m \u{1B}[32minfo\u{1B}[0m    server: x")
  }

  @Test func `a pipe is no terminal and gets no colour`() {
    let pipe = Pipe()
    #expect(TerminalLogSink.Style.detect(descriptor: pipe.writing, noColor: nil, terminal: "xterm") == .plain)
  }

  @Test func `a terminal gets colour unless NO_COLOR or a dumb terminal asks for none`() throws {
    let terminal = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
    try #require(terminal >= 0)
    defer { close(terminal) }
    func style(_ noColor: String?, _ kind: String?) -> TerminalLogSink.Style {
      TerminalLogSink.Style.detect(descriptor: terminal, noColor: noColor, terminal: kind)
    }
    #expect(style(nil, "xterm") == .coloured)
    #expect(style("", "xterm") == .coloured)
    #expect(style("1", "xterm") == .terminal)
    #expect(style(nil, "dumb") == .terminal)
  }

  @Test func `text at the limit is whole and one byte past it is cut with the count of what is missing`() {
    let full = String(repeating: "x", count: maxLogTextBytes)
    #expect(full.printable(limit: maxLogTextBytes) == full)
    #expect((full + "y").printable(limit: maxLogTextBytes) == full + "… (1 bytes more)")
    #expect(JSONLogSink.line(record(full)).contains("\"\(full)\""))
    #expect(JSONLogSink.line(record(full + "y")).contains("\"\(full)… (1 bytes more)\""))
  }

  @Test func `text is cut between scalars`() {
    #expect("aé".printable(limit: 2) == "a… (2 bytes more)")
  }

  @Test func `each record is one line on the descriptor`() {
    let pipe = Pipe()
    let writer = LineWriter(descriptor: pipe.writing)
    JSONLogSink(writer: writer).write(record("one\ntwo"))
    TerminalLogSink(writer: writer, style: .plain).write(record("three"))
    let lines = pipe.drain().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 3)
    #expect(lines.first?.contains(#""one\ntwo""#) == true)
    #expect(lines.dropFirst().first == "2026-11-21T10:21:18.042Z warning server: three")
    #expect(lines.last == "")
    #expect(writer.lost.count == 0)
  }

  @Test func `lines a full pipe refuses are counted, and the next that passes says how many`() {
    let pipe = Pipe()
    _ = fcntl(pipe.writing, F_SETFL, O_NONBLOCK)
    let writer = LineWriter(descriptor: pipe.writing)
    let sink = TerminalLogSink(writer: writer, style: .plain)
    while writer.lost.count < 3 { sink.write(record(String(repeating: "x", count: 900))) }
    _ = pipe.drain()
    sink.write(record("after"))
    sink.write(record("and on"))
    #expect(
      pipe.drain() == """
        2026-11-21T10:21:18.042Z warning log: lines of the log were lost  lines=3
        2026-11-21T10:21:18.042Z warning server: after
        2026-11-21T10:21:18.042Z warning server: and on

        """)
    #expect(writer.lost.count == 3)
  }

  @Test(.timeLimit(.minutes(1))) func `a full pipe that nobody reads stops nobody`() throws {
    let pipe = Pipe()
    // Blocking, as stderr is; a line longer than what a pipe takes at once among the short ones.
    let writer = LineWriter(descriptor: pipe.writing)
    let long = String(repeating: "x", count: 9000)
    var sent = 0
    while writer.lost.count < 5 {
      writer.write(sent == 3 ? long : "line \(sent)") { "lost \($0)" }
      sent += 1
    }
    var text = ""
    var poll = pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0)
    while unsafe Glibc.poll(&poll, 1, 0) > 0 { text += pipe.drain() }
    writer.write("after") { "lost \($0)" }
    text += pipe.drain()
    let lines = text.split(separator: "\n")
    #expect(lines[3] == long)
    #expect(lines.suffix(3) == ["line \(sent - 6)", "lost 5", "after"])
    #expect(writer.lost.count == 5)
  }

  @Test func `lines written by many threads never mix`() async {
    let pipe = Pipe()
    let writer = LineWriter(descriptor: pipe.writing)
    let sink = JSONLogSink(writer: writer)
    await withTaskGroup { group in
      for task in 0..<8 {
        group.addTask {
          for index in 0..<20 { sink.write(record("\(task).\(index) " + String(repeating: "x", count: 200))) }
        }
      }
    }
    let lines = pipe.drain().split(separator: "\n")
    #expect(lines.count == 160)
    #expect(lines.allSatisfy { $0.hasPrefix("{\"time\"") && $0.hasSuffix("x\"}") && $0.utf8.count < 320 })
  }
}
