import Synchronization

/// How much a line of the log matters. The order is that of importance; the wire and the configuration
/// use the names. Message text and keys may appear at `trace` only.
public enum LogLevel: String, Sendable, Codable, CaseIterable, Comparable {
  case trace, debug, info, notice, warning, error, fault

  public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rank < b.rank }

  public var rank: Int {
    switch self {
    case .trace: 0
    case .debug: 1
    case .info: 2
    case .notice: 3
    case .warning: 4
    case .error: 5
    case .fault: 6
    }
  }

  /// syslog(3)'s number, which the journal and `<N>` prefixes use.
  public var priority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .fault: 2
    }
  }
}

/// One line of the log, before a sink gives it a form.
public struct LogRecord: Sendable {
  public let time: Timestamp
  public let level: LogLevel
  public let component: String
  public let message: String
  /// Lower-case names such as `call`, `turn`, `uid`; a sink may turn them into `COMPANION_CALL`.
  public let fields: [(name: String, value: String)]

  public init(
    time: Timestamp, level: LogLevel, component: String, message: String,
    fields: [(name: String, value: String)]
  ) {
    self.time = time
    self.level = level
    self.component = component
    self.message = message
    self.fields = fields
  }
}

/// Where lines go: the journal, JSON lines, a terminal, a test. Called on any thread; must not log itself.
public protocol LogSink: Sendable {
  func write(_ record: LogRecord)
}

/// The process's log: a threshold that may be moved while it runs, and a sink.
public final class LogCentre: Sendable {
  private let rank: Atomic<Int>
  private let sink: any LogSink
  fileprivate let clock: WallClock

  public init(sink: any LogSink, threshold: LogLevel = .info, clock: WallClock = .system) {
    self.sink = sink
    self.rank = Atomic(threshold.rank)
    self.clock = clock
  }

  public var threshold: LogLevel {
    get { LogLevel.allCases[rank.load(ordering: .relaxed)] }
    set { rank.store(newValue.rank, ordering: .relaxed) }
  }

  public func wants(_ level: LogLevel) -> Bool { level.rank >= rank.load(ordering: .relaxed) }

  fileprivate func write(_ record: LogRecord) { sink.write(record) }

  /// A log that goes nowhere, for values that need one before there is any.
  public static let silent = LogCentre(sink: SilentSink(), threshold: .fault)
}

/// What a room holds: the centre, its own name, and fields that every line of it carries.
public struct Log: Sendable {
  public let centre: LogCentre
  private let component: String
  private var fields: [(name: String, value: String)] = []

  public init(_ centre: LogCentre, component: String) {
    self.centre = centre
    self.component = component
  }

  /// The same log with a field more, such as the call or the turn it speaks of.
  public func with(_ name: String, _ value: some CustomStringConvertible) -> Log {
    var copy = self
    copy.fields.append((name, value.description))
    return copy
  }

  public func write(
    _ level: LogLevel, _ message: @autoclosure () -> String,
    _ extra: @autoclosure () -> KeyValuePairs<String, any CustomStringConvertible> = [:]
  ) {
    guard centre.wants(level) else { return }
    let added = extra().map { (name: $0.key, value: $0.value.description) }
    centre.write(
      LogRecord(
        time: centre.clock.now(), level: level, component: component, message: message(),
        fields: fields + added))
  }

  public typealias Fields = KeyValuePairs<String, any CustomStringConvertible>
  public func trace(_ m: @autoclosure () -> String, _ f: @autoclosure () -> Fields = [:]) {
    write(.trace, m(), f())
  }
  public func debug(_ m: @autoclosure () -> String, _ f: @autoclosure () -> Fields = [:]) {
    write(.debug, m(), f())
  }
  public func info(_ m: @autoclosure () -> String, _ f: @autoclosure () -> Fields = [:]) {
    write(.info, m(), f())
  }
  public func notice(_ m: @autoclosure () -> String, _ f: @autoclosure () -> Fields = [:]) {
    write(.notice, m(), f())
  }
  public func warning(_ m: @autoclosure () -> String, _ f: @autoclosure () -> Fields = [:]) {
    write(.warning, m(), f())
  }
  public func error(_ m: @autoclosure () -> String, _ f: @autoclosure () -> Fields = [:]) {
    write(.error, m(), f())
  }
  public func fault(_ m: @autoclosure () -> String, _ f: @autoclosure () -> Fields = [:]) {
    write(.fault, m(), f())
  }
}

private struct SilentSink: LogSink {
  func write(_ record: LogRecord) {}
}
