import Glibc

/// What a sink takes of one message or value; the rest is counted, not kept. A provider's error page or a
/// client's name must not fill a disk.
public let maxLogTextBytes = 4096

/// Writes finished lines to a descriptor, each with one write(2), from any thread.
///
/// Lines of one process never mix, since each is one call; on a pipe that holds up to `PIPE_BUF` bytes (4096) for
/// lines of several processes too. Nothing is retried later and nothing queued: a log that waits for its reader
/// would stop the daemon, so a pipe that stays full for a moment is given up until it has room. What could not be
/// written is counted, and the next line that can be says so.
public final class LineWriter: Sendable {
  /// Lines that did not get out whole: the reader went away, the disk is full, or a pipe set to non-blocking is.
  public let lost = Counter()
  private let descriptor: Int32
  /// A pipe or a socket, whose reader may have stopped reading without going away.
  private let hasReader: Bool
  private let untold = Lock(0)
  /// Whether the last line stopped in its middle; and one thread at a time, so that room for one is not taken by two.
  private let pipe = Lock(false)
  private static let pieceBytes = 4096
  /// What a reader that is merely slow is given, once; a stopped one must not cost this for every line.
  private static let patience: Int32 = 100

  /// The descriptor stays the caller's, and open for as long as the writer lives. SIGPIPE must be ignored.
  public init(descriptor: Int32 = 2) {
    self.descriptor = descriptor
    var status = stat()
    let kind = unsafe fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
    hasReader = kind == S_IFIFO || kind == S_IFSOCK
  }

  /// `line` has no line break. `apology` makes a whole line of its own from a number of lost ones.
  public func write(_ line: String, apology: (Int) -> String) {
    // Taken now and given back on failure, so that of two threads one tells and none tells twice.
    let debt = untold.withLock { debt in
      defer { debt = 0 }
      return debt
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(line.utf8.count + 1)
    if debt > 0 {
      bytes.append(contentsOf: apology(debt).utf8)
      bytes.append(0x0A)
    }
    bytes.append(contentsOf: line.utf8)
    bytes.append(0x0A)
    guard hasReader ? feed(bytes, patience: debt > 0 ? 0 : Self.patience) : put(bytes[...]) else {
      lost.add()
      untold.withLock { $0 += debt + 1 }
      return
    }
  }

  /// In pieces that a pipe with any room takes whole, so that no write waits for the reader.
  private func feed(_ bytes: [UInt8], patience: Int32) -> Bool {
    pipe.withLock { isMidLine in
      let line = isMidLine ? [0x0A] + bytes : bytes
      var rest = line[...]
      while !rest.isEmpty {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard unsafe Glibc.poll(&poll, 1, patience) != 0, put(rest.prefix(Self.pieceBytes)) else {
          isMidLine = isMidLine || rest.count < line.count
          return false
        }
        rest = rest.dropFirst(Self.pieceBytes)
      }
      isMidLine = false
      return true
    }
  }

  private func put(_ bytes: ArraySlice<UInt8>) -> Bool {
    while true {
      let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written == bytes.count { return true }
      if written < 0, errno == EINTR { continue }
      // A disk that filled up midway, or a pipe: the rest would follow other threads' lines. End what is there.
      if written > 0 {
        var newline: UInt8 = 0x0A
        unsafe _ = Glibc.write(descriptor, &newline, 1)
      }
      return false
    }
  }
}

/// One JSON object a line: `time level component message`, and `fields` where there are any.
public struct JSONLogSink: LogSink {
  public let writer: LineWriter

  public init(writer: LineWriter = LineWriter()) { self.writer = writer }

  public func write(_ record: LogRecord) {
    writer.write(Self.line(record)) { lost in
      Self.line(
        LogRecord(
          time: record.time, level: .warning, component: "log", message: "lines of the log were lost",
          fields: [("lines", String(lost))]))
    }
  }

  static func line(_ record: LogRecord) -> String {
    var text = "{\"time\":\"\(record.time)\",\"level\":\"\(record.level.rawValue)\""
    text += ",\"component\":\(quoted(record.component)),\"message\":\(quoted(record.message))"
    // A later field replaces an earlier one of the same name: readers of JSON disagree on duplicates.
    var last: [String: Int] = [:]
    for (index, field) in record.fields.enumerated() { last[field.name] = index }
    var lead = ",\"fields\":{"
    for (index, field) in record.fields.enumerated() where last[field.name] == index {
      text += "\(lead)\(quoted(field.name)):\(quoted(field.value))"
      lead = ","
    }
    if !record.fields.isEmpty { text += "}" }
    return text + "}"
  }

  /// Beyond what JSON demands, everything a terminal would act on is escaped: log files are read with cat.
  private static func quoted(_ text: String) -> String {
    // Nearly everything a log says.
    if text.utf8.count <= maxLogTextBytes, text.utf8.allSatisfy({ isPlain($0) }) { return "\"\(text)\"" }
    var result = "\""
    var taken = 0
    for scalar in text.unicodeScalars {
      taken += UTF8.width(scalar)
      if taken > maxLogTextBytes {
        result += "… (\(text.utf8.count - taken + UTF8.width(scalar)) bytes more)"
        break
      }
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where scalar.isUnprintable:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }
}

/// A line a person reads: `10:11:18.042 warning  server: the peer went away  uid=1000 reason="hung up"`.
public struct TerminalLogSink: LogSink {
  public let writer: LineWriter
  private let style: Style

  /// How lines look; `detect` asks the descriptor.
  public enum Style: Sendable {
    /// No colour and the whole date: for files and pipes.
    case plain
    /// The time of day, no colour: a terminal whose owner set `NO_COLOR`.
    case terminal
    case coloured

    /// `noColor` is the value of `NO_COLOR`: any but an empty one asks for none, as its convention says.
    public static func detect(descriptor: Int32 = 2, noColor: String?, terminal: String?) -> Style {
      guard isatty(descriptor) == 1 else { return .plain }
      return (noColor ?? "").isEmpty && terminal != "dumb" ? .coloured : .terminal
    }
  }

  public init(writer: LineWriter = LineWriter(), style: Style) {
    self.writer = writer
    self.style = style
  }

  public func write(_ record: LogRecord) {
    writer.write(line(record)) { lost in
      line(
        LogRecord(
          time: record.time, level: .warning, component: "log", message: "lines of the log were lost",
          fields: [("lines", String(lost))]))
    }
  }

  func line(_ record: LogRecord) -> String {
    let moment = record.time.description
    let level = record.level.rawValue
    let padding = String(repeating: " ", count: max(0, 7 - level.utf8.count))
    let message = record.message.printable(limit: maxLogTextBytes)
    let component = record.component.printable(limit: maxLogTextBytes)
    let fields = record.fields.isEmpty ? "" : "  " + record.readableFields
    switch style {
    case .plain: return "\(moment) \(level)\(padding) \(component): \(message)\(fields)"
    case .terminal: return "\(moment.timeOfDay) \(level)\(padding) \(component): \(message)\(fields)"
    case .coloured:
      let dim = "\u{1B}[2m"
      let end = "\u{1B}[0m"
      let colour = colour(of: record.level)
      return "\(dim)\(moment.timeOfDay)\(end) \(colour)\(level)\(end)\(padding) "
        + "\(component): \(message)" + (fields.isEmpty ? "" : "\(dim)\(fields)\(end)")
    }
  }

  private func colour(of level: LogLevel) -> String {
    switch level {
    case .trace, .debug: "\u{1B}[2m"
    case .info: "\u{1B}[32m"
    case .notice: "\u{1B}[36m"
    case .warning: "\u{1B}[33m"
    case .error, .fault: "\u{1B}[1;31m"
    }
  }
}

extension LogRecord {
  /// `uid=1000 reason="hung up"`: values with spaces, quotes or nothing in them are quoted, so that a value
  /// cannot pass for two fields.
  public var readableFields: String {
    fields.map { field in
      let value = field.value.printable(limit: maxLogTextBytes)
      let plain = !value.isEmpty && value.unicodeScalars.allSatisfy { $0 != " " && $0 != "\"" && $0 != "=" }
      let name = field.name.printable(limit: 64)
      if plain { return "\(name)=\(value)" }
      let escaped = value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
      return "\(name)=\"\(escaped)\""
    }.joined(separator: " ")
  }
}

extension String {
  /// `10:11:18.042` of `2026-11-21T10:11:18.042Z`.
  fileprivate var timeOfDay: Substring { dropFirst(11).dropLast() }
}
