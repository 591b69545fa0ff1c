import Base
import Testing

@Suite struct MetricsTests {
  @Test func `writes OpenMetrics text in a stable order`() {
    let metrics = Metrics()
    metrics.gauge("companion_connections", "Open connections").set(3)
    let pings = metrics.counter(
      "companion_calls", "Calls answered", labels: ["method": "ping", "outcome": "ok"])
    pings.add(2)
    metrics.counter("companion_calls", "Calls answered", labels: ["method": "hello", "outcome": "ok"]).add()
    metrics.reading("companion_load", "Load") { 0.5 }
    #expect(
      metrics.openMetrics() == """
        # TYPE companion_calls counter
        # HELP companion_calls Calls answered
        companion_calls_total{method="hello",outcome="ok"} 1
        companion_calls_total{method="ping",outcome="ok"} 2
        # TYPE companion_connections gauge
        # HELP companion_connections Open connections
        companion_connections 3
        # TYPE companion_load gauge
        # HELP companion_load Load
        companion_load 0.5
        # EOF

        """)
  }

  @Test func `a histogram's buckets add up`() {
    let metrics = Metrics()
    let times = metrics.histogram("companion_call_seconds", "Time", bounds: [0.1, 1])
    times.observe(.milliseconds(100))
    times.observe(0.5)
    times.observe(7)
    #expect(
      metrics.openMetrics() == """
        # TYPE companion_call_seconds histogram
        # HELP companion_call_seconds Time
        companion_call_seconds_bucket{le="0.1"} 1
        companion_call_seconds_bucket{le="1"} 2
        companion_call_seconds_bucket{le="+Inf"} 3
        companion_call_seconds_sum 7.6
        companion_call_seconds_count 3
        # EOF

        """)
    let labelled = Metrics()
    labelled.histogram("h", "H", labels: ["a": "b"], bounds: []).observe(1)
    #expect(labelled.openMetrics().contains("h_bucket{a=\"b\",le=\"+Inf\"} 1\nh_sum{a=\"b\"} 1\n"))
  }

  @Test func `no label writes a line of its own, whatever line break it has`() {
    for breakOfLine in ["\n", "\r\n", "\r", "\n\r\n", "e\u{301}\r\n"] {
      let metrics = Metrics()
      metrics.counter("a", "A", labels: ["model": "x\(breakOfLine)b_total 7"]).add()
      let lines = metrics.openMetrics().utf8.split { [10, 13].contains($0) }
      #expect(lines.count == 4, "\(metrics.openMetrics())")
    }
  }

  @Test func `escapes what would end a line or a label`() {
    let metrics = Metrics()
    metrics.counter("a", "a \\ \"word\"\nmore", labels: ["path": "C:\\x \"y\"\nz"]).add()
    #expect(
      metrics.openMetrics()
        == "# TYPE a counter\n# HELP a a \\\\ \\\"word\\\"\\nmore\na_total{path=\"C:\\\\x \\\"y\\\"\\nz\"} 1\n# EOF\n"
    )
  }

  @Test func `an empty registry is a whole text`() {
    #expect(Metrics().openMetrics() == "# EOF\n")
  }

  @Test func `asking twice gives the same instrument`() {
    let metrics = Metrics()
    #expect(metrics.counter("a", "A") === metrics.counter("a", "A"))
    #expect(metrics.counter("a", "A", labels: ["x": "1"]) !== metrics.counter("a", "A", labels: ["x": "2"]))
    #expect(metrics.histogram("h", "H") === metrics.histogram("h", "H"))
  }

  @Test func `counts from many threads`() async {
    let metrics = Metrics()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<1000 {
            metrics.counter("a", "A").add()
            metrics.gauge("g", "G").add(1)
            metrics.histogram("h", "H").observe(0.25)
          }
        }
      }
    }
    #expect(metrics.counter("a", "A").count == 8000)
    #expect(metrics.gauge("g", "G").level == 8000)
    #expect(metrics.openMetrics().contains("h_sum 2000\nh_count 8000\n"))
  }

  @Test(arguments: [
    (0.0, "0"), (-3, "-3"), (1e14, "100000000000000"), (0.1, "0.1"), (.infinity, "+Inf"),
    (-.infinity, "-Inf"), (.nan, "NaN"),
  ])
  func `numbers are written as OpenMetrics wants them`(value: Double, text: String) {
    let metrics = Metrics()
    metrics.reading("r", "R") { value }
    #expect(metrics.openMetrics().contains("\nr \(text)\n"))
  }
}
