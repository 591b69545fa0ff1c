import Base
import Glibc
import Testing

@testable import Systemd

private func record(
  _ message: String, level: LogLevel = .error, fields: [(name: String, value: String)] = []
) -> LogRecord {
  LogRecord(
    time: Timestamp(milliseconds: 0), level: level, component: "store", message: message, fields: fields)
}

private func entry(_ record: LogRecord) -> [String] {
  JournalEntry.fields(of: record, identifier: "companiond").map { String(decoding: $0, as: UTF8.self) }
}

@Suite struct JournalSinkTests {
  @Test func `a record becomes the journal's fields`() {
    #expect(
      entry(record("commit failed", fields: [("turn", "01H"), ("retryAfterMs", "50")])) == [
        "MESSAGE=commit failed  turn=01H retryAfterMs=50", "PRIORITY=3", "SYSLOG_IDENTIFIER=companiond",
        "COMPANION_COMPONENT=store", "COMPANION_LEVEL=error", "COMPANION_TURN=01H",
        "COMPANION_RETRY_AFTER_MS=50",
      ])
  }

  @Test(arguments: [
    (LogLevel.trace, 7), (.debug, 7), (.info, 6), (.notice, 5), (.warning, 4), (.error, 3), (.fault, 2),
  ])
  func `levels are syslog's priorities`(level: LogLevel, priority: Int) {
    #expect(entry(record("x", level: level)).contains("PRIORITY=\(priority)"))
  }

  @Test(arguments: [
    ("uid", "COMPANION_UID"), ("durationUs", "COMPANION_DURATION_US"), ("a.b-c", "COMPANION_A_B_C"),
    ("HTTPStatus", "COMPANION_HTTPSTATUS"), ("é", "COMPANION___"), ("x=\nMESSAGE", "COMPANION_X__MESSAGE"),
    ("component", "COMPANION_FIELD_COMPONENT"), ("level", "COMPANION_FIELD_LEVEL"),
    (String(repeating: "a", count: 54), "COMPANION_" + String(repeating: "A", count: 54)),
    (String(repeating: "a", count: 55), "COMPANION_" + String(repeating: "A", count: 54)),
  ])
  func `field names are made such as the journal takes`(name: String, expected: String) {
    #expect(JournalEntry.name(of: name) == expected)
  }

  @Test func `a value cannot add a field or a line`() {
    let fields = entry(record("a\nPRIORITY=0", fields: [("uid", "1\nCOMPANION_UID=0\u{1B}[2J")]))
    #expect(fields.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } })
    #expect(fields.contains(#"COMPANION_UID=1\nCOMPANION_UID=0\u{1B}[2J"#))
  }

  @Test func `an entry holds 64 fields and drops what is past them`() {
    func many(_ count: Int) -> [(name: String, value: String)] { (0..<count).map { ("f\($0)", "v") } }
    #expect(entry(record("x", fields: many(59))).count == 64)
    #expect(entry(record("x", fields: many(60))).count == 64)
    // The message still tells it, so nothing is gone without trace.
    #expect(entry(record("x", fields: many(60)))[0].contains("f59=v"))
  }

  @Test func `a line the journal refuses goes to stderr with its priority and is counted`() {
    var two: [Int32] = [0, 0]
    let failed = unsafe pipe(&two)
    #expect(failed == 0)
    defer {
      close(two[0])
      close(two[1])
    }
    let sink = JournalSink(identifier: "companiond", standardError: LineWriter(descriptor: two[1])) { _ in
      -ECONNREFUSED
    }
    sink.write(record("disk\nfull", fields: [("path", "/var")]))
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(two[0], &buffer, buffer.count)
    #expect(String(decoding: buffer.prefix(count), as: UTF8.self) == "<3>store: disk\\nfull  path=/var\n")
    #expect(sink.detours.count == 1)
    #expect(sink.lost.count == 0)
  }

  @Test func `a line the journal takes is not repeated on stderr`() {
    let taken = Lock<[[UInt8]]>([])
    let sink = JournalSink(identifier: "companiond", standardError: LineWriter(descriptor: -1)) { fields in
      taken.withLock { $0 = fields }
      return 0
    }
    sink.write(record("fine"))
    #expect(taken.withLock { $0.first } == Array("MESSAGE=fine".utf8))
    #expect(sink.detours.count == 0)
    #expect(sink.lost.count == 0)
  }

  @Test func `the journal's stream is known by device and inode, not by the variable alone`() {
    var two: [Int32] = [0, 0]
    let failed = unsafe pipe(&two)
    #expect(failed == 0)
    defer {
      close(two[0])
      close(two[1])
    }
    var status = stat()
    _ = unsafe fstat(two[1], &status)
    let stream = "\(status.st_dev):\(status.st_ino)"
    #expect(JournalSink.matches(stream: stream, descriptor: two[1]))
    #expect(!JournalSink.matches(stream: "\(status.st_dev):\(status.st_ino + 1)", descriptor: two[1]))
    for broken in ["", ":", "1", "1:", stream + ":1", "x:y", "-1:2"] {
      #expect(!JournalSink.matches(stream: broken, descriptor: two[1]))
    }
    #expect(!JournalSink.matches(stream: stream, descriptor: -1))
  }
}
