import Base
import Testing

@Suite struct LogTests {
  private final class Keeper: LogSink {
    let records = Lock<[LogRecord]>([])
    func write(_ record: LogRecord) { records.withLock { $0.append(record) } }
    var messages: [String] { records.withLock { $0.map(\.message) } }
  }

  @Test(arguments: LogLevel.allCases)
  func `writes what is at the threshold or above it`(threshold: LogLevel) {
    let keeper = Keeper()
    let centre = LogCentre(sink: keeper, threshold: threshold)
    for level in LogLevel.allCases { Log(centre, component: "test").write(level, "\(level)") }
    #expect(keeper.messages == LogLevel.allCases.filter { $0 >= threshold }.map { "\($0)" })
  }

  @Test func `the threshold moves while it runs`() {
    let keeper = Keeper()
    let centre = LogCentre(sink: keeper, threshold: .error)
    let log = Log(centre, component: "test")
    log.debug("before")
    centre.threshold = .debug
    #expect(centre.threshold == .debug && centre.wants(.debug) && !centre.wants(.trace))
    log.debug("after")
    #expect(keeper.messages == ["after"])
  }

  @Test func `what is not written is not even made`() {
    let log = Log(LogCentre(sink: Keeper(), threshold: .info), component: "test")
    func expensive() -> String {
      Issue.record("made for nobody")
      return ""
    }
    log.debug(expensive())
    log.trace("x", ["field": expensive()])
  }

  @Test func `a record carries time, component and fields in order`() throws {
    let keeper = Keeper()
    let moment = Timestamp(milliseconds: 42)
    let log = Log(LogCentre(sink: keeper, clock: WallClock { moment }), component: "server")
    log.with("uid", 1000).with("call", "7").warning("slow", ["ms": 250, "uid": "again"])
    let record = try #require(keeper.records.withLock { $0.first })
    #expect(record.time == moment && record.component == "server" && record.level == .warning)
    #expect(record.fields.map { "\($0.name)=\($0.value)" } == ["uid=1000", "call=7", "ms=250", "uid=again"])
    log.info("plain")
    #expect(keeper.records.withLock { $0.last?.fields.isEmpty } == true)
  }

  @Test func `levels keep their order and syslog's numbers`() {
    #expect(LogLevel.allCases == LogLevel.allCases.sorted())
    #expect(LogLevel.allCases.map(\.rank) == Array(0..<7))
    #expect(LogLevel.allCases.map(\.priority) == [7, 7, 6, 5, 4, 3, 2])
  }
}
